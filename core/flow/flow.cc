#include "core/flow/flow.h"

#include <tuple>

#include "core/flow/flow_reader.h"

namespace stanflow {
namespace {

auto Tie(const Flow& f) {
  return std::tie(f.end_ms, f.duration_ms, f.source_address, f.destination_address, f.source_port,
                  f.destination_port, f.protocol, f.tcp_flags, f.tos, f.packets, f.bytes);
}

}  // namespace

bool operator==(const Flow& a, const Flow& b) { return Tie(a) == Tie(b); }

void FlowTable::Append(const Flow& flow) {
  end_ms.push_back(flow.end_ms);
  duration_ms.push_back(flow.duration_ms);
  source_address.push_back(flow.source_address);
  destination_address.push_back(flow.destination_address);
  source_port.push_back(flow.source_port);
  destination_port.push_back(flow.destination_port);
  protocol.push_back(flow.protocol);
  tcp_flags.push_back(flow.tcp_flags);
  tos.push_back(flow.tos);
  packets.push_back(flow.packets);
  bytes.push_back(flow.bytes);
}

Flow FlowTable::Row(size_t i) const {
  Flow flow;
  flow.end_ms = end_ms[i];
  flow.duration_ms = duration_ms[i];
  flow.source_address = source_address[i];
  flow.destination_address = destination_address[i];
  flow.source_port = source_port[i];
  flow.destination_port = destination_port[i];
  flow.protocol = protocol[i];
  flow.tcp_flags = tcp_flags[i];
  flow.tos = tos[i];
  flow.packets = packets[i];
  flow.bytes = bytes[i];
  return flow;
}

void FlowTable::Clear() {
  end_ms.clear();
  duration_ms.clear();
  source_address.clear();
  destination_address.clear();
  source_port.clear();
  destination_port.clear();
  protocol.clear();
  tcp_flags.clear();
  tos.clear();
  packets.clear();
  bytes.clear();
}

void FlowBatch::Clear() {
  flows.Clear();
  lines.clear();
  rejected.clear();
  file.clear();
}

}  // namespace stanflow
