#include "core/base/log.h"

#include <atomic>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "nlohmann/json.hpp"
#include "spdlog/sinks/stdout_sinks.h"
#include "spdlog/spdlog.h"

namespace stanflow {
namespace {

struct Level {
  const char* name;
  const char* label;
  spdlog::level::level_enum spdlog_level;
};

// In the order of LogLevel.
constexpr Level kLevels[] = {
    {"debug", "DEBUG", spdlog::level::debug},
    {"info", "INFO ", spdlog::level::info},
    {"warning", "WARN ", spdlog::level::warn},
    {"error", "ERROR", spdlog::level::err},
};

std::atomic<bool> g_json{false};

spdlog::logger& Logger() {
  // Never destroyed: threads may log while the process exits.
  static auto* logger = [] {
    auto* made = new spdlog::logger("stanflow", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    made->flush_on(spdlog::level::debug);
    return made;
  }();
  return *logger;
}

nlohmann::ordered_json ToJson(const LogField::Value& value) {
  return std::visit([](const auto& v) { return nlohmann::ordered_json(v); }, value);
}

std::string Dump(const nlohmann::ordered_json& json) {
  // Bytes that are no UTF-8 must not cost the line.
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

bool NeedsQuotes(const std::string& text) {
  return text.empty() || text.find_first_of(" \t\r\n\"=\\") != std::string::npos;
}

std::string ToText(const LogField::Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (text != nullptr && !NeedsQuotes(*text)) return *text;
  return Dump(ToJson(value));
}

std::string Timestamp() { return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(), absl::UTCTimeZone()); }

}  // namespace

std::string FormatLogLine(bool json, std::string_view time, LogLevel level, std::string_view message,
                          LogFields fields) {
  const Level& info = kLevels[static_cast<int>(level)];
  if (json) {
    nlohmann::ordered_json line = {{"time", time}, {"level", info.name}, {"message", message}};
    for (const LogField& field : fields) line[std::string(field.key())] = ToJson(field.value());
    return Dump(line);
  }
  std::string line = absl::StrCat(std::string(time), " ", info.label, " ", std::string(message));
  for (const LogField& field : fields)
    absl::StrAppend(&line, " ", std::string(field.key()), "=", ToText(field.value()));
  return line;
}

absl::Status InitLog(const LogOptions& options) {
  if (options.format != "text" && options.format != "json") {
    return absl::InvalidArgumentError(
        absl::StrCat("log format '", options.format, "' is not 'text' or 'json'"));
  }
  for (const Level& level : kLevels) {
    if (options.level != level.name) continue;
    g_json = options.format == "json";
    Logger().set_level(level.spdlog_level);
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("log level '", options.level, "' is not 'debug', 'info', 'warning' or 'error'"));
}

void Log(LogLevel level, std::string_view message, LogFields fields) {
  const auto spdlog_level = kLevels[static_cast<int>(level)].spdlog_level;
  if (!Logger().should_log(spdlog_level)) return;
  Logger().log(spdlog_level, FormatLogLine(g_json, Timestamp(), level, message, fields));
}

}  // namespace stanflow
