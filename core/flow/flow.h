#ifndef STANFLOW_CORE_FLOW_FLOW_H_
#define STANFLOW_CORE_FLOW_FLOW_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace stanflow {

// Packets and bytes that a record may have: no flow has more, and sums of them fit their types.
inline constexpr uint64_t kMinFlowCount = 1, kMaxFlowCount = uint64_t{1} << 48;

// One unidirectional IPv4 flow record. Comments name the IPFIX information element.
struct Flow {
  int64_t end_ms = 0;                // flowEndMilliseconds, since 1970-01-01T00:00:00Z
  uint32_t duration_ms = 0;          // flowDurationMilliseconds
  uint32_t source_address = 0;       // sourceIPv4Address, first octet highest
  uint32_t destination_address = 0;  // destinationIPv4Address
  uint16_t source_port = 0;          // sourceTransportPort
  uint16_t destination_port = 0;     // destinationTransportPort; ICMP: type * 256 + code
  uint8_t protocol = 0;              // protocolIdentifier
  uint8_t tcp_flags = 0;             // tcpControlBits: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32
  uint8_t tos = 0;                   // ipClassOfService
  uint64_t packets = 0;              // packetDeltaCount
  uint64_t bytes = 0;                // octetDeltaCount
};

bool operator==(const Flow& a, const Flow& b);

// Flows as columns of equal length. A plain value; not safe for concurrent writing.
struct FlowTable {
  std::vector<int64_t> end_ms;
  std::vector<uint32_t> duration_ms, source_address, destination_address;
  std::vector<uint16_t> source_port, destination_port;
  std::vector<uint8_t> protocol, tcp_flags, tos;
  std::vector<uint64_t> packets, bytes;

  size_t size() const { return end_ms.size(); }
  void Append(const Flow& flow);
  Flow Row(size_t i) const;
  void Clear();  // Keeps the memory.
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_FLOW_FLOW_H_
