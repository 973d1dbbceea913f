#ifndef STANFLOW_CORE_FLOW_ATTRIBUTE_H_
#define STANFLOW_CORE_FLOW_ATTRIBUTE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace stanflow {

// What is modelled of a flow as its home host sees it, in drawing order.
// The numbers are written to disk: they never change meaning.
enum class Attribute : uint8_t {
  kTimeDelta = 0,      // whole seconds since the host's previous flow ended
  kDirection = 1,      // 0: the home host is the source, 1: the destination
  kProtocol = 2,       // IANA protocol number
  kRemoteAddress = 3,  // IPv4 address of the other side
  kLocalPort = 4,      // port of the home host
  kRemotePort = 5,
  kTcpFlags = 6,
  kTos = 7,
  kPackets = 8,
  kBytes = 9,
  kDuration = 10,  // milliseconds
};

inline constexpr int kNumAttributes = 11;

inline constexpr std::array<std::string_view, kNumAttributes> kAttributeNames = {
    "time_delta", "direction", "protocol", "remote_address", "local_port", "remote_port",
    "tcp_flags",  "tos",       "packets",  "bytes",          "duration"};

constexpr std::string_view AttributeName(Attribute a) { return kAttributeNames[static_cast<int>(a)]; }
std::optional<Attribute> AttributeFromName(std::string_view name);

}  // namespace stanflow

#endif  // STANFLOW_CORE_FLOW_ATTRIBUTE_H_
