#ifndef STANFLOW_CORE_SIMULATE_EXCHANGE_H_
#define STANFLOW_CORE_SIMULATE_EXCHANGE_H_

#include <cstdint>

#include "core/flow/flow.h"
#include "core/simulate/flow_queue.h"
#include "core/simulate/random.h"

namespace stanflow {

// What two machines say to each other, turned into the unidirectional flows that a collector
// at the border records: one a direction, cut after the active timeout.

inline constexpr int64_t kActiveTimeoutMs = 300'000;

struct Endpoint {
  uint32_t address = 0;
  uint16_t port = 0;
};

enum class Ending { kFin, kReset, kOpen };  // kOpen: still up when the record was cut

struct TcpExchange {
  Endpoint client, server;
  int64_t start_ms = 0;
  int64_t duration_ms = 0;
  uint64_t up_bytes = 0, down_bytes = 0;  // payload from the client, from the server
  Ending ending = Ending::kFin;
  uint8_t tos = 0;
};
void Emit(const TcpExchange& exchange, Random* random, FlowQueue* out);

struct UdpExchange {
  Endpoint client, server;
  int64_t start_ms = 0;
  int64_t duration_ms = 0;
  uint64_t up_packets = 1, down_packets = 1;  // 0: no flow that way
  uint64_t up_size = 0, down_size = 0;        // bytes of a packet with its IP and UDP headers
  uint8_t tos = 0;
};
void Emit(const UdpExchange& exchange, FlowQueue* out);

// `packets` alike packets one way over `duration_ms`; a single one takes no time.
struct Packets {
  Endpoint from, to;
  uint8_t protocol = 0;
  uint8_t tcp_flags = 0;
  int64_t start_ms = 0;
  int64_t duration_ms = 0;
  uint64_t packets = 1;
  uint64_t size = 0;  // bytes of a packet with its headers
  uint8_t tos = 0;
};
void Emit(const Packets& packets, FlowQueue* out);

// Type and code as they stand in the destination port of an ICMP flow.
constexpr uint16_t IcmpPort(int type, int code) { return static_cast<uint16_t>(type * 256 + code); }

}  // namespace stanflow

#endif  // STANFLOW_CORE_SIMULATE_EXCHANGE_H_
