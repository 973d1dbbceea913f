#ifndef STANFLOW_CORE_FLOW_TIME_H_
#define STANFLOW_CORE_FLOW_TIME_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace stanflow {

inline constexpr int64_t kSecondMs = 1000, kMinuteMs = 60 * kSecondMs, kHourMs = 60 * kMinuteMs,
                         kDayMs = 24 * kHourMs;

// The clock's hour (or day, second) that holds `ms`: its start, also before 1970.
constexpr int64_t FloorTo(int64_t ms, int64_t unit_ms) { return ms - (ms % unit_ms + unit_ms) % unit_ms; }

// UTC as "2016-04-11 00:01:38" or "2016-04-11T00:01:38", with or without ".5", ".25" or ".250"
// seconds and with or without "Z"; years 1970 to 9999. Milliseconds since 1970-01-01T00:00:00Z.
std::optional<int64_t> ParseUtc(std::string_view text);

// "2016-04-11 00:01:38"; parts of a second are dropped.
std::string FormatUtcSeconds(int64_t ms);
// "2016-04-11T00:01:38Z", with ".mmm" where the second is not whole.
std::string FormatUtc(int64_t ms);

// "90s", "15m", "6h", "1d", "250ms", "1.5h": milliseconds, more than 0.
absl::StatusOr<int64_t> ParseDuration(std::string_view text);

}  // namespace stanflow

#endif  // STANFLOW_CORE_FLOW_TIME_H_
