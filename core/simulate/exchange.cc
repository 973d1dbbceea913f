#include "core/simulate/exchange.h"

#include <algorithm>

#include "core/flow/protocol.h"
#include "core/flow/tcp_flags.h"

namespace stanflow {
namespace {

constexpr uint64_t kPayload = 1448;  // of a full TCP segment with time stamps
constexpr uint64_t kHeader = 52;     // IPv4 and TCP with time stamps
constexpr uint64_t kSynExtra = 8;    // further options of the first segment
constexpr int64_t kMaxRoundTripMs = 90;

uint64_t Segments(uint64_t bytes) { return (bytes + kPayload - 1) / kPayload; }

// One way of a TCP connection, before it is cut.
struct Way {
  Flow flow;  // end_ms is not set; packets and bytes are the whole way's
  int64_t start_ms;
  uint8_t first_flags, middle_flags, last_flags;
};

// Share `part` of `parts` of a total, the remainder in the first ones.
uint64_t Share(uint64_t total, uint64_t part, uint64_t parts) {
  return total / parts + (part < total % parts ? 1 : 0);
}

void Cut(const Way& way, FlowQueue* out) {
  const int64_t duration = way.flow.duration_ms;
  const uint64_t wanted = static_cast<uint64_t>(duration / kActiveTimeoutMs) + 1;
  const uint64_t parts = std::min(wanted, way.flow.packets);
  int64_t start = way.start_ms;
  for (uint64_t part = 0; part < parts; ++part) {
    const bool last = part + 1 == parts;
    Flow flow = way.flow;
    flow.packets = Share(way.flow.packets, part, parts);
    flow.bytes = Share(way.flow.bytes, part, parts);
    const int64_t length = last ? way.start_ms + duration - start : duration / static_cast<int64_t>(parts);
    flow.duration_ms = flow.packets == 1 ? 0 : static_cast<uint32_t>(length);
    flow.end_ms = start + length;
    flow.tcp_flags = static_cast<uint8_t>((part == 0 ? way.first_flags : 0) | (last ? way.last_flags : 0) |
                                          way.middle_flags);
    out->Add(flow);
    start += length;
  }
}

Flow Between(const Endpoint& from, const Endpoint& to, uint8_t protocol, uint8_t tos) {
  Flow flow;
  flow.source_address = from.address;
  flow.source_port = from.port;
  flow.destination_address = to.address;
  flow.destination_port = to.port;
  flow.protocol = protocol;
  flow.tos = tos;
  return flow;
}

// `own` bytes sent this way, `other` the other way: every second full segment of them is acknowledged alone.
Way TcpWay(const Endpoint& from, const Endpoint& to, uint64_t own, uint64_t other,
           const TcpExchange& exchange) {
  constexpr uint64_t kHandshakeAndClose = 3;
  Way way{Between(from, to, kTcp, exchange.tos), exchange.start_ms, kSyn, kAck, 0};
  way.flow.packets = kHandshakeAndClose + Segments(own) + Segments(other) / 2;
  way.flow.bytes = own + way.flow.packets * kHeader + kSynExtra;
  way.flow.duration_ms = static_cast<uint32_t>(exchange.duration_ms);
  if (own > 0) way.middle_flags |= kPsh;
  if (exchange.ending == Ending::kFin) way.last_flags = kFin;
  return way;
}

}  // namespace

void Emit(const TcpExchange& exchange, Random* random, FlowQueue* out) {
  Way up = TcpWay(exchange.client, exchange.server, exchange.up_bytes, exchange.down_bytes, exchange);
  Way down = TcpWay(exchange.server, exchange.client, exchange.down_bytes, exchange.up_bytes, exchange);
  // The answer starts a round trip later and ends a little before the last acknowledgement.
  const int64_t lag =
      std::min<int64_t>(exchange.duration_ms / 4, static_cast<int64_t>(random->Between(1, kMaxRoundTripMs)));
  down.start_ms += lag;
  down.flow.duration_ms = static_cast<uint32_t>(exchange.duration_ms - 2 * lag);
  if (exchange.ending == Ending::kReset) {
    (random->Chance(0.6) ? up : down).last_flags |= kRst;
    down.last_flags |= kFin;
  }
  Cut(down, out);
  Cut(up, out);
}

void Emit(const UdpExchange& exchange, FlowQueue* out) {
  Packets up{exchange.client,     exchange.server,  kUdp,        0, exchange.start_ms, exchange.duration_ms,
             exchange.up_packets, exchange.up_size, exchange.tos};
  Packets down = up;
  std::swap(down.from, down.to);
  down.packets = exchange.down_packets;
  down.size = exchange.down_size;
  // A lone question ends where it began, its answer when it came.
  if (exchange.down_packets == 1) {
    down.start_ms += exchange.duration_ms;
    down.duration_ms = 0;
  }
  if (exchange.up_packets > 0) Emit(up, out);
  if (exchange.down_packets > 0) Emit(down, out);
}

void Emit(const Packets& packets, FlowQueue* out) {
  Way way{Between(packets.from, packets.to, packets.protocol, packets.tos), packets.start_ms, 0,
          packets.tcp_flags, 0};
  way.flow.packets = packets.packets;
  way.flow.bytes = packets.packets * packets.size;
  way.flow.duration_ms = packets.packets == 1 ? 0 : static_cast<uint32_t>(packets.duration_ms);
  Cut(way, out);
}

}  // namespace stanflow
