#ifndef STANFLOW_CORE_FLOW_PROTOCOL_H_
#define STANFLOW_CORE_FLOW_PROTOCOL_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace stanflow {

inline constexpr uint8_t kIcmp = 1, kTcp = 6, kUdp = 17;

// IANA protocol numbers under the names that nfdump writes ("TCP", "ICMP", "IPv6" is 41); a
// number without a name is its decimal digits. Every number's text parses back to it.
std::string_view ProtocolText(uint8_t protocol);
// Names in any case, or 0 to 255.
std::optional<uint8_t> ParseProtocol(std::string_view text);

}  // namespace stanflow

#endif  // STANFLOW_CORE_FLOW_PROTOCOL_H_
