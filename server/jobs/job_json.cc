#include "server/jobs/job_json.h"

#include <cmath>

#include "absl/strings/str_cat.h"

namespace stanflow {
namespace {

const JobProgress kDefaults;

void PutNumber(const char* key, double value, double fallback, nlohmann::json* json) {
  if (std::isfinite(value) && value != fallback) (*json)[key] = value;
}

void PutText(const char* key, const std::string& value, nlohmann::json* json) {
  if (!value.empty()) (*json)[key] = value;
}

}  // namespace

nlohmann::json ProgressToJson(const JobProgress& progress) {
  nlohmann::json json = nlohmann::json::object();
  PutNumber("fraction", progress.fraction, kDefaults.fraction, &json);
  PutText("phase", progress.phase, &json);
  PutText("attribute", progress.attribute, &json);
  PutNumber("nats", progress.nats, kDefaults.nats, &json);
  PutNumber("rows_per_second", progress.rows_per_second, kDefaults.rows_per_second, &json);
  PutNumber("seconds_left", progress.seconds_left, kDefaults.seconds_left, &json);
  PutText("message", progress.message, &json);
  if (progress.epoch != 0) json["epoch"] = progress.epoch;
  return json;
}

absl::StatusOr<JobProgress> ProgressFromJson(const nlohmann::json& json) {
  JobProgress progress;
  try {
    progress.fraction = json.value("fraction", kDefaults.fraction);
    progress.phase = json.value("phase", "");
    progress.attribute = json.value("attribute", "");
    progress.epoch = json.value("epoch", kDefaults.epoch);
    progress.nats = json.value("nats", kDefaults.nats);
    progress.rows_per_second = json.value("rows_per_second", kDefaults.rows_per_second);
    progress.seconds_left = json.value("seconds_left", kDefaults.seconds_left);
    progress.message = json.value("message", "");
  } catch (const nlohmann::json::exception& e) {
    return absl::InvalidArgumentError(absl::StrCat("progress: ", e.what()));
  }
  return progress;
}

std::string DumpLine(const nlohmann::json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace stanflow
