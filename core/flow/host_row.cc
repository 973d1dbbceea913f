#include "core/flow/host_row.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace stanflow {
namespace {

auto Tie(const HostRow& r) {
  return std::tie(r.end_ms, r.time_delta_s, r.direction, r.protocol, r.remote_address, r.local_port,
                  r.remote_port, r.tcp_flags, r.tos, r.packets, r.bytes, r.duration_ms);
}

// Whole seconds of the clock between two ends, not seconds passed: rows recorded to the
// second and rows recorded to the millisecond then have the same delta.
uint32_t DeltaSeconds(int64_t previous_ms, int64_t end_ms) {
  const auto floor_s = [](int64_t ms) { return ms / 1000 - (ms % 1000 < 0 ? 1 : 0); };
  const int64_t delta = floor_s(end_ms) - floor_s(previous_ms);
  return static_cast<uint32_t>(std::clamp<int64_t>(delta, 0, std::numeric_limits<uint32_t>::max()));
}

}  // namespace

bool operator==(const HostRow& a, const HostRow& b) { return Tie(a) == Tie(b); }

uint64_t HostRow::Get(Attribute a) const {
  switch (a) {
    case Attribute::kTimeDelta:
      return time_delta_s;
    case Attribute::kDirection:
      return direction;
    case Attribute::kProtocol:
      return protocol;
    case Attribute::kRemoteAddress:
      return remote_address;
    case Attribute::kLocalPort:
      return local_port;
    case Attribute::kRemotePort:
      return remote_port;
    case Attribute::kTcpFlags:
      return tcp_flags;
    case Attribute::kTos:
      return tos;
    case Attribute::kPackets:
      return packets;
    case Attribute::kBytes:
      return bytes;
    case Attribute::kDuration:
      return duration_ms;
  }
  return 0;
}

void HostRow::Set(Attribute a, uint64_t value) {
  switch (a) {
    case Attribute::kTimeDelta:
      time_delta_s = static_cast<uint32_t>(value);
      return;
    case Attribute::kDirection:
      direction = static_cast<uint8_t>(value);
      return;
    case Attribute::kProtocol:
      protocol = static_cast<uint8_t>(value);
      return;
    case Attribute::kRemoteAddress:
      remote_address = static_cast<uint32_t>(value);
      return;
    case Attribute::kLocalPort:
      local_port = static_cast<uint16_t>(value);
      return;
    case Attribute::kRemotePort:
      remote_port = static_cast<uint16_t>(value);
      return;
    case Attribute::kTcpFlags:
      tcp_flags = static_cast<uint8_t>(value);
      return;
    case Attribute::kTos:
      tos = static_cast<uint8_t>(value);
      return;
    case Attribute::kPackets:
      packets = value;
      return;
    case Attribute::kBytes:
      bytes = value;
      return;
    case Attribute::kDuration:
      duration_ms = static_cast<uint32_t>(value);
      return;
  }
}

HostRow ToHostRow(const Flow& flow, bool home_is_source, int64_t previous_end_ms) {
  HostRow row;
  row.end_ms = flow.end_ms;
  row.time_delta_s = DeltaSeconds(previous_end_ms, flow.end_ms);
  row.direction = home_is_source ? 0 : 1;
  row.protocol = flow.protocol;
  row.remote_address = home_is_source ? flow.destination_address : flow.source_address;
  row.local_port = home_is_source ? flow.source_port : flow.destination_port;
  row.remote_port = home_is_source ? flow.destination_port : flow.source_port;
  row.tcp_flags = flow.tcp_flags;
  row.tos = flow.tos;
  row.packets = flow.packets;
  row.bytes = flow.bytes;
  row.duration_ms = flow.duration_ms;
  return row;
}

Flow ToFlow(const HostRow& row, uint32_t home_address) {
  const bool outgoing = row.direction == 0;
  Flow flow;
  flow.end_ms = row.end_ms;
  flow.duration_ms = row.duration_ms;
  flow.source_address = outgoing ? home_address : row.remote_address;
  flow.destination_address = outgoing ? row.remote_address : home_address;
  flow.source_port = outgoing ? row.local_port : row.remote_port;
  flow.destination_port = outgoing ? row.remote_port : row.local_port;
  flow.protocol = row.protocol;
  flow.tcp_flags = row.tcp_flags;
  flow.tos = row.tos;
  flow.packets = row.packets;
  flow.bytes = row.bytes;
  return flow;
}

}  // namespace stanflow
