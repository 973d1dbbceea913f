#ifndef STANFLOW_CORE_FLOW_TCP_FLAGS_H_
#define STANFLOW_CORE_FLOW_TCP_FLAGS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stanflow {

inline constexpr uint8_t kFin = 1, kSyn = 2, kRst = 4, kPsh = 8, kAck = 16, kUrg = 32;

// As nfdump writes them: one place a flag in the order UAPRSF, '.' where it is not set
// (".AP.SF"); with a bit above URG, hexadecimal ("0x52"). Every value's text parses back to it.
std::string FormatTcpFlags(uint8_t flags);
// Also reads the eight places CEUAPRSF of newer nfdump.
std::optional<uint8_t> ParseTcpFlags(std::string_view text);

}  // namespace stanflow

#endif  // STANFLOW_CORE_FLOW_TCP_FLAGS_H_
