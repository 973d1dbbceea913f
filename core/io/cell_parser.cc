#include "core/io/cell_parser.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "core/flow/address.h"
#include "core/flow/protocol.h"
#include "core/flow/tcp_flags.h"
#include "core/flow/time.h"

namespace stanflow {
namespace {

constexpr size_t kMaxDecimals = 9;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// `unit_us` times 0.`decimals`, rounded down; nullopt unless these are all digits, at least one.
std::optional<int64_t> DecimalsToMicros(std::string_view decimals, int64_t unit_us) {
  if (decimals.empty() || !std::all_of(decimals.begin(), decimals.end(), IsDigit)) return std::nullopt;
  int64_t part = 0, power = 1;
  for (const char c : decimals.substr(0, kMaxDecimals)) {
    part = part * 10 + (c - '0');
    power *= 10;
  }
  return part * unit_us / power;
}

// What pandas and JSON make of small numbers: "9e-06".
std::optional<int64_t> FloatToMicros(std::string_view text, int64_t unit_us) {
  double value;
  if (!absl::SimpleAtod(ToAbsl(text), &value)) return std::nullopt;
  value = std::floor(value * static_cast<double>(unit_us) + 0.5);
  if (!(value >= 0 && value <= static_cast<double>(kMaxUs))) return std::nullopt;
  return static_cast<int64_t>(value);
}

}  // namespace

std::string Quoted(std::string_view text) {
  constexpr size_t kShown = 40;
  const std::string shown = absl::CHexEscape(ToAbsl(text.substr(0, kShown)));
  return StrCat("'", shown, text.size() > kShown ? "...'" : "'");
}

std::optional<int64_t> ParseMicros(std::string_view text, int64_t unit_us) {
  const char* const last = text.data() + text.size();
  int64_t whole = 0;
  const auto [end, error] = std::from_chars(text.data(), last, whole);
  if (error != std::errc() || text[0] == '-') return FloatToMicros(text, unit_us);
  if (whole > kMaxUs / unit_us) return std::nullopt;
  if (end == last) return whole * unit_us;
  const auto part =
      *end == '.' ? DecimalsToMicros({end + 1, static_cast<size_t>(last - end) - 1}, unit_us) : std::nullopt;
  return part ? whole * unit_us + *part : FloatToMicros(text, unit_us);
}

std::optional<int64_t> ParseUtcMicros(std::string_view text) {
  constexpr size_t kWholeSeconds = 19;
  if (text.size() < kWholeSeconds) return std::nullopt;
  char head[kWholeSeconds];
  std::copy_n(text.begin(), kWholeSeconds, head);
  if (head[4] == '/' && head[7] == '/') head[4] = head[7] = '-';
  const auto ms = ParseUtc({head, kWholeSeconds});
  if (!ms) return std::nullopt;
  std::string_view rest = text.substr(kWholeSeconds);
  if (!rest.empty() && rest.back() == 'Z') rest.remove_suffix(1);
  if (rest.empty()) return *ms * kMsUs;
  if (rest[0] != '.' || rest.size() - 1 > kMaxDecimals) return std::nullopt;
  const auto part = DecimalsToMicros(rest.substr(1), kSecondUs);
  if (!part) return std::nullopt;
  return *ms * kMsUs + *part;
}

const char* SetFlowTimes(int64_t end_us, int64_t duration_us, Flow* flow) {
  if (duration_us < 0) return "is an end before the start";
  constexpr int64_t kMaxMs = std::numeric_limits<uint32_t>::max();
  if (duration_us / kMsUs > kMaxMs) return "makes the flow longer than 4294967.295 seconds";
  if (end_us > kMaxUs) return "makes the flow end after the year 9999";
  flow->end_ms = end_us / kMsUs;
  flow->duration_ms = static_cast<uint32_t>(duration_us / kMsUs);
  return nullptr;
}

bool CellParser::Fail(const Cell& cell, std::string_view what) const {
  *reason_ = StrCat("column ", cell.column, ": ", Quoted(cell.text), " ", what);
  return false;
}

bool CellParser::Address(const Cell& cell, uint32_t* out) const {
  const auto address = ParseIpv4(cell.text);
  if (address) {
    *out = *address;
    return true;
  }
  const bool ipv6 = cell.text.find(':') != std::string_view::npos;
  return Fail(cell, ipv6 ? "is an IPv6 address; only IPv4 flows are read" : "is not an IPv4 address");
}

bool CellParser::Protocol(const Cell& cell, uint8_t* out) const {
  const auto protocol = ParseProtocol(cell.text);
  if (!protocol) return Fail(cell, "is not a protocol's name or number");
  *out = *protocol;
  return true;
}

bool CellParser::Flags(const Cell& cell, uint8_t* out) const {
  const auto flags = ParseTcpFlags(cell.text);
  if (!flags) return Fail(cell, "is not a set of TCP flags like .AP.SF");
  *out = *flags;
  return true;
}

bool CellParser::DestinationPort(const Cell& cell, uint8_t protocol, uint16_t* out) const {
  const size_t dot = cell.text.find('.');
  if (protocol != kIcmp || dot == std::string_view::npos) return Number(cell, 0, 65535, out);
  uint8_t type = 0, code = 0;
  const char* const middle = cell.text.data() + dot;
  const char* const last = cell.text.data() + cell.text.size();
  const auto first = std::from_chars(cell.text.data(), middle, type);
  const auto second = std::from_chars(middle + 1, last, code);
  if (first.ec != std::errc() || first.ptr != middle || second.ec != std::errc() || second.ptr != last) {
    return Fail(cell, "is not an ICMP type and code like 3.1");
  }
  *out = static_cast<uint16_t>(type * 256 + code);
  return true;
}

bool CellParser::Time(const Cell& cell, int64_t* us) const {
  auto value = ParseUtcMicros(cell.text);
  if (!value) value = ParseMicros(cell.text, kSecondUs);
  if (!value) return Fail(cell, "is not a time like 2016-04-11 00:01:38 or 1460332898.25");
  *us = *value;
  return true;
}

bool CellParser::Duration(const Cell& cell, int64_t unit_us, int64_t* us) const {
  const auto value = ParseMicros(cell.text, unit_us);
  if (!value) return Fail(cell, "is not a duration, a number from 0 on");
  *us = *value;
  return true;
}

bool CellParser::SetTimes(const Cell& cell, int64_t end_us, int64_t duration_us, Flow* flow) const {
  const char* const fault = SetFlowTimes(end_us, duration_us, flow);
  return fault == nullptr || Fail(cell, fault);
}

}  // namespace stanflow
