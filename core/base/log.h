#ifndef STANFLOW_CORE_BASE_LOG_H_
#define STANFLOW_CORE_BASE_LOG_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "absl/status/status.h"

namespace stanflow {

// Structured logs on standard error, one event a line: a fixed message and named fields. The message says
// what happened and never holds a value, so that lines of one kind can be found by it.
//
//   LogInfo("job started", {{"job", id}, {"attempt", 2}});
//
//   text   2026-11-23T12:00:00.123Z INFO  job started job=train-1f attempt=2
//   json   {"time":"2026-11-23T12:00:00.123Z","level":"info","message":"job
//   started","job":"train-1f","attempt":2}
//
// Thread-safe. Before InitLog: text, level info.

enum class LogLevel { kDebug = 0, kInfo = 1, kWarning = 2, kError = 3 };

struct LogOptions {
  // "debug", "info", "warning" or "error": what is less is not written.
  std::string level = "info";
  // "text" for people, "json" for collectors.
  std::string format = "text";
};

class LogField {
 public:
  template <typename T>
  LogField(std::string_view key, const T& value) : key_(key), value_(Convert(value)) {}  // NOLINT

  using Value = std::variant<std::string, int64_t, uint64_t, double, bool>;
  std::string_view key() const { return key_; }
  const Value& value() const { return value_; }

 private:
  template <typename T>
  static Value Convert(const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      return value;
    } else if constexpr (std::is_floating_point_v<T>) {
      return static_cast<double>(value);
    } else if constexpr (std::is_integral_v<T> && std::is_signed_v<T>) {
      return static_cast<int64_t>(value);
    } else if constexpr (std::is_integral_v<T>) {
      return static_cast<uint64_t>(value);
    } else {
      return std::string(value);
    }
  }

  std::string_view key_;
  Value value_;
};

// INVALID_ARGUMENT names the bad option. May be called again; the newest call holds.
absl::Status InitLog(const LogOptions& options);

using LogFields = std::initializer_list<LogField>;

void Log(LogLevel level, std::string_view message, LogFields fields = {});

inline void LogDebug(std::string_view message, LogFields fields = {}) {
  Log(LogLevel::kDebug, message, fields);
}
inline void LogInfo(std::string_view message, LogFields fields = {}) {
  Log(LogLevel::kInfo, message, fields);
}
inline void LogWarning(std::string_view message, LogFields fields = {}) {
  Log(LogLevel::kWarning, message, fields);
}
inline void LogError(std::string_view message, LogFields fields = {}) {
  Log(LogLevel::kError, message, fields);
}

// The line that Log writes, without its newline (`time` as it stands in the line).
std::string FormatLogLine(bool json, std::string_view time, LogLevel level, std::string_view message,
                          LogFields fields);

}  // namespace stanflow

#endif  // STANFLOW_CORE_BASE_LOG_H_
