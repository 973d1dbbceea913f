#include "core/flow/address.h"

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "core/base/strings.h"

namespace stanflow {

std::optional<uint32_t> ParseIpv4(std::string_view text) {
  uint32_t address = 0, octet = 0;
  int dots = 0, digits = 0;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      // "010" is octal to some tools and decimal to others.
      if (digits > 0 && octet == 0) return std::nullopt;
      octet = octet * 10 + static_cast<uint32_t>(c - '0');
      if (++digits > 3 || octet > 255) return std::nullopt;
    } else if (c == '.' && digits > 0 && dots < 3) {
      address = address << 8 | octet;
      octet = 0;
      digits = 0;
      ++dots;
    } else {
      return std::nullopt;
    }
  }
  if (dots != 3 || digits == 0) return std::nullopt;
  return address << 8 | octet;
}

std::string FormatIpv4(uint32_t address) {
  return StrCat(address >> 24, ".", address >> 16 & 255, ".", address >> 8 & 255, ".", address & 255);
}

absl::StatusOr<Cidr> Cidr::Parse(std::string_view text) {
  const auto error = [text](std::string_view why) {
    return absl::InvalidArgumentError(StrCat("network '", text, "': ", why, " (write it like 10.0.0.0/16)"));
  };
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return error("the prefix length is missing");
  const auto address = ParseIpv4(text.substr(0, slash));
  if (!address) return error("not an IPv4 address");
  Cidr cidr;
  const std::string_view prefix = text.substr(slash + 1);
  if (prefix.empty() || prefix.find_first_not_of("0123456789") != std::string_view::npos ||
      !absl::SimpleAtoi(ToAbsl(prefix), &cidr.prefix) || cidr.prefix > 32) {
    return error("the prefix length is not a number from 0 to 32");
  }
  cidr.network = *address & cidr.mask();
  if (cidr.network != *address) {
    return error(StrCat("bits are set behind the prefix; did you mean ", cidr.ToString(), "?"));
  }
  return cidr;
}

std::string Cidr::ToString() const { return StrCat(FormatIpv4(network), "/", prefix); }

bool InHome(const std::vector<Cidr>& home, uint32_t address) {
  for (const Cidr& cidr : home) {
    if (cidr.Contains(address)) return true;
  }
  return false;
}

}  // namespace stanflow
