#include "core/flow/tcp_flags.h"

#include "absl/strings/numbers.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

constexpr std::string_view kPlaces = "CEUAPRSF";  // Highest bit first.

}  // namespace

std::string FormatTcpFlags(uint8_t flags) {
  if (flags >= 64) return StrCat("0x", absl::Hex(flags));
  std::string text(kPlaces.substr(2));
  for (int i = 0; i < 6; ++i) {
    if ((flags >> (5 - i) & 1) == 0) text[i] = '.';
  }
  return text;
}

std::optional<uint8_t> ParseTcpFlags(std::string_view text) {
  if (text.size() > 2 && text.size() <= 4 && text.substr(0, 2) == "0x") {
    uint32_t flags;
    if (!absl::SimpleHexAtoi(ToAbsl(text.substr(2)), &flags)) return std::nullopt;
    return static_cast<uint8_t>(flags);
  }
  if (text.size() != 6 && text.size() != 8) return std::nullopt;
  const std::string_view places = kPlaces.substr(8 - text.size());
  uint8_t flags = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '.' && text[i] != places[i]) return std::nullopt;
    flags = static_cast<uint8_t>(flags << 1 | (text[i] != '.'));
  }
  return flags;
}

}  // namespace stanflow
