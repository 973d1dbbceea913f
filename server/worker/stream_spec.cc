#include "server/worker/stream_spec.h"

#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

StreamSpec FlowsOf(const nlohmann::json& json, std::string* home) {
  StreamSpec flows;
  flows.seed = json.at("seed");
  flows.stream = json.at("stream");
  flows.hosts = json.at("hosts");
  flows.start_ms = json.at("start_ms");
  if (json.contains("rows")) flows.rows = json["rows"].get<uint64_t>();
  if (json.contains("duration_ms")) flows.duration_ms = json["duration_ms"].get<int64_t>();
  *home = json.at("home");
  return flows;
}

Pace PaceOf(const nlohmann::json& json) {
  if (json.contains("rate")) return {Pace::Kind::kRate, json["rate"]};
  if (json.contains("speed")) return {Pace::Kind::kSpeed, json["speed"]};
  return {};
}

}  // namespace

absl::StatusOr<StreamJobSpec> ParseStreamJobSpec(const nlohmann::json& json) {
  StreamJobSpec spec;
  std::string home;
  try {
    spec.model = json.at("model");
    spec.flows = FlowsOf(json.at("generate"), &home);
    spec.to = json.at("to");
    spec.pace = PaceOf(json);
    spec.when_full = json.at("when_full") == "drop" ? WhenFull::kDrop : WhenFull::kWait;
    spec.exporters = json.at("exporters");
    spec.file_dir = json.at("file_dir");
  } catch (const nlohmann::json::exception& e) {
    return absl::InvalidArgumentError(StrCat("stream job: ", e.what()));
  }
  STANFLOW_ASSIGN_OR_RETURN(spec.flows.home, Cidr::Parse(home));
  STANFLOW_RETURN_IF_ERROR(ValidateStreamSpec(spec.flows));
  STANFLOW_ASSIGN_OR_RETURN(spec.url, ParseSinkUrl(spec.to));
  STANFLOW_RETURN_IF_ERROR(CheckPace(spec.pace));
  return spec;
}

std::string SinkName(const std::string& to) { return to.substr(0, to.find(':')); }

}  // namespace stanflow
