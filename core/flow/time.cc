#include "core/flow/time.h"

#include <algorithm>
#include <cmath>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

// `count` decimal digits at the front of `text`, or -1.
int Digits(std::string_view text, size_t at, size_t count) {
  if (text.size() < at + count) return -1;
  int value = 0;
  for (size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

// Milliseconds of ".5", ".25", ".250"; -1 for anything else.
int FractionMs(std::string_view text) {
  if (text.empty()) return 0;
  const size_t digits = text.size() - 1;
  if (text[0] != '.' || digits < 1 || digits > 3) return -1;
  const int value = Digits(text, 1, digits);
  return value < 0 ? -1 : digits == 1 ? value * 100 : digits == 2 ? value * 10 : value;
}

std::string Format(const char* format, int64_t ms) {
  return absl::FormatTime(format, absl::FromUnixMillis(ms), absl::UTCTimeZone());
}

}  // namespace

std::optional<int64_t> ParseUtc(std::string_view text) {
  constexpr size_t kWholeSeconds = 19;
  if (text.size() < kWholeSeconds || text[4] != '-' || text[7] != '-' ||
      (text[10] != ' ' && text[10] != 'T') || text[13] != ':' || text[16] != ':') {
    return std::nullopt;
  }
  const int year = Digits(text, 0, 4), month = Digits(text, 5, 2), day = Digits(text, 8, 2);
  const int hour = Digits(text, 11, 2), minute = Digits(text, 14, 2), second = Digits(text, 17, 2);
  if (year < 1970 || month < 1 || month > 12 || day < 1 || hour < 0 || hour > 23 || minute < 0 ||
      minute > 59 || second < 0 || second > 59) {
    return std::nullopt;
  }
  const absl::CivilDay date(year, month, day);
  if (date.day() != day) return std::nullopt;  // Such as February 30, which absl carries into March.
  std::string_view rest = text.substr(kWholeSeconds);
  if (!rest.empty() && rest.back() == 'Z') rest.remove_suffix(1);
  const int fraction = FractionMs(rest);
  if (fraction < 0) return std::nullopt;
  const int64_t days = date - absl::CivilDay(1970, 1, 1);
  return days * kDayMs + hour * kHourMs + minute * kMinuteMs + second * kSecondMs + fraction;
}

std::string FormatUtcSeconds(int64_t ms) { return Format("%E4Y-%m-%d %H:%M:%S", ms); }

std::string FormatUtc(int64_t ms) {
  return Format(ms % kSecondMs == 0 ? "%E4Y-%m-%dT%H:%M:%SZ" : "%E4Y-%m-%dT%H:%M:%E3SZ", ms);
}

absl::StatusOr<int64_t> ParseDuration(std::string_view text) {
  struct Unit {
    std::string_view name;
    int64_t ms;
  };
  static constexpr Unit kUnits[] = {
      {"ms", 1}, {"s", kSecondMs}, {"m", kMinuteMs}, {"h", kHourMs}, {"d", kDayMs}};
  const size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  for (const Unit& unit : kUnits) {
    double value;
    if (text.substr(digits) != unit.name || !absl::SimpleAtod(ToAbsl(text.substr(0, digits)), &value))
      continue;
    const double ms = std::round(value * static_cast<double>(unit.ms));
    if (ms < 1 || ms > 1e15) break;
    return static_cast<int64_t>(ms);
  }
  return absl::InvalidArgumentError(
      StrCat("'", text, "' is not a duration; write it like 90s, 15m, 6h or 1d"));
}

}  // namespace stanflow
