#include "core/export/url_parts.h"

#include <algorithm>
#include <limits>

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

bool IsDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

absl::StatusOr<uint16_t> ParsePort(std::string_view part, std::string_view text) {
  uint32_t port = 0;
  if (IsDigits(text) && absl::SimpleAtoi(ToAbsl(text), &port) && port >= 1 && port <= 65535) {
    return static_cast<uint16_t>(port);
  }
  return BadUrlPart(part, StrCat("port '", text, "' is not a number from 1 to 65535"));
}

}  // namespace

absl::Status BadUrlPart(std::string_view part, std::string_view why) {
  return absl::InvalidArgumentError(StrCat(part, ": ", why));
}

absl::StatusOr<HostPort> ParseHostPort(std::string_view part, std::string_view text, uint16_t default_port) {
  std::string_view host, rest;
  if (!text.empty() && text[0] == '[') {
    const size_t close = text.find(']');
    if (close == std::string_view::npos) return BadUrlPart(part, StrCat("'", text, "' lacks its ']'"));
    host = text.substr(1, close - 1);
    rest = text.substr(close + 1);
  } else {
    const size_t colon = std::min(text.find(':'), text.size());
    host = text.substr(0, colon);
    rest = text.substr(colon);
    if (rest.find(':', 1) != std::string_view::npos) {
      return BadUrlPart(part, StrCat("'", text, "' has several ':'; an IPv6 address stands in brackets"));
    }
  }
  if (host.empty()) return BadUrlPart(part, "the name or address is missing");
  if (host.find_first_of(" @/\\[]") != std::string_view::npos) {
    return BadUrlPart(part, StrCat("'", host, "' is no name or address of a host"));
  }
  HostPort address = {std::string(host), default_port};
  if (rest.empty()) return address;
  if (rest[0] != ':') return BadUrlPart(part, StrCat("'", rest, "' stands behind the address"));
  const absl::StatusOr<uint16_t> port = ParsePort(part, rest.substr(1));
  if (!port.ok()) return port.status();
  address.port = *port;
  return address;
}

std::optional<uint64_t> ParseByteCount(std::string_view text) {
  struct Unit {
    std::string_view name;
    uint64_t bytes;
  };
  static constexpr Unit kUnits[] = {{"B", 1},
                                    {"kB", 1000},
                                    {"MB", 1'000'000},
                                    {"GB", 1'000'000'000},
                                    {"KiB", uint64_t{1} << 10},
                                    {"MiB", uint64_t{1} << 20},
                                    {"GiB", uint64_t{1} << 30}};
  const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  uint64_t count = 0;
  if (!absl::SimpleAtoi(ToAbsl(text.substr(0, digits)), &count) || count == 0) return std::nullopt;
  for (const Unit& unit : kUnits) {
    if (text.substr(digits) != unit.name) continue;
    if (count > std::numeric_limits<uint64_t>::max() / unit.bytes) return std::nullopt;
    return count * unit.bytes;
  }
  return std::nullopt;
}

absl::StatusOr<UrlOptions> UrlOptions::Parse(std::string_view text, const std::vector<std::string>& known) {
  UrlOptions options;
  if (text.empty()) return options;
  const std::vector<std::string> pairs = absl::StrSplit(ToAbsl(text), '&');
  for (const std::string& pair : pairs) {
    const size_t equals = std::min(pair.find('='), pair.size());
    const std::string key = pair.substr(0, equals);
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      return BadUrlPart("options", StrCat("there is no '", key, "'; there is ",
                                          known.empty() ? std::string("none") : absl::StrJoin(known, ", ")));
    }
    if (equals == pair.size()) return BadUrlPart(key, "its '=' and value are missing");
    if (options.Get(key)) return BadUrlPart(key, "is given twice");
    options.options_.emplace_back(key, pair.substr(equals + 1));
  }
  return options;
}

std::optional<std::string> UrlOptions::Get(std::string_view key) const {
  for (const auto& [name, value] : options_) {
    if (name == key) return value;
  }
  return std::nullopt;
}

absl::StatusOr<int> UrlOptions::GetWord(std::string_view key, const std::vector<std::string>& words) const {
  const std::optional<std::string> value = Get(key);
  if (!value) return 0;
  const auto it = std::find(words.begin(), words.end(), *value);
  if (it != words.end()) return static_cast<int>(it - words.begin());
  return BadUrlPart(key, StrCat("'", *value, "' is none of ", absl::StrJoin(words, ", ")));
}

}  // namespace stanflow
