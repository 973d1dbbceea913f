#include "server/jobs/worker_protocol.h"

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "nlohmann/json.hpp"
#include "server/jobs/job_json.h"

namespace stanflow {
namespace {

absl::StatusCode ParseCode(const std::string& name) {
  for (int code = 1; code <= 16; ++code) {
    if (absl::StatusCodeToString(static_cast<absl::StatusCode>(code)) == name) {
      return static_cast<absl::StatusCode>(code);
    }
  }
  return absl::StatusCode::kUnknown;
}

std::string TextOf(const nlohmann::json& json, const char* key) {
  const auto it = json.find(key);
  return it != json.end() && it->is_string() ? it->get<std::string>() : "";
}

absl::Status BadLine(std::string_view line) {
  return absl::InvalidArgumentError(
      absl::StrCat("not a line of a worker: ", std::string(line.substr(0, 200))));
}

}  // namespace

std::string HeartbeatLine() { return R"({"type":"heartbeat"})"; }

std::string ProgressLine(const JobProgress& progress) {
  return DumpLine({{"type", "progress"}, {"progress", ProgressToJson(progress)}});
}

std::string SinkLine(const SinkReport& report) {
  return DumpLine({{"type", "sink"}, {"sink", SinkReportToJson(report)}});
}

std::string CollectionLine(const CollectionReport& report) {
  return DumpLine({{"type", "collection"}, {"collection", CollectionReportToJson(report)}});
}

std::string PublishLine() { return R"({"type":"publish"})"; }

std::string PublishAnswer(const absl::Status& status) {
  return DumpLine(
      {{"code", absl::StatusCodeToString(status.code())}, {"message", std::string(status.message())}});
}

absl::Status ParsePublishAnswer(std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return absl::InternalError("the server's answer to a publishing is not JSON");
  const std::string code = TextOf(json, "code");
  return code == "OK" ? absl::OkStatus() : absl::Status(ParseCode(code), TextOf(json, "message"));
}

std::string ErrorLine(const absl::Status& error) {
  return DumpLine({{"type", "error"},
                   {"code", absl::StatusCodeToString(error.code())},
                   {"message", std::string(error.message())}});
}

absl::StatusOr<WorkerLine> ParseWorkerLine(std::string_view line) {
  const auto json = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return BadLine(line);
  WorkerLine parsed;
  const std::string type = TextOf(json, "type");
  if (type == "heartbeat") return parsed;
  if (type == "progress" && json.contains("progress")) {
    parsed.type = WorkerLine::Type::kProgress;
    STANFLOW_ASSIGN_OR_RETURN(parsed.progress, ProgressFromJson(json["progress"]));
    return parsed;
  }
  if (type == "sink" && json.contains("sink")) {
    parsed.type = WorkerLine::Type::kSink;
    STANFLOW_ASSIGN_OR_RETURN(parsed.sink, SinkReportFromJson(json["sink"]));
    return parsed;
  }
  if (type == "collection" && json.contains("collection")) {
    parsed.type = WorkerLine::Type::kCollection;
    STANFLOW_ASSIGN_OR_RETURN(parsed.collection, CollectionReportFromJson(json["collection"]));
    return parsed;
  }
  if (type == "publish") {
    parsed.type = WorkerLine::Type::kPublish;
    return parsed;
  }
  if (type != "error") return BadLine(line);
  parsed.type = WorkerLine::Type::kError;
  parsed.error = absl::Status(ParseCode(TextOf(json, "code")), TextOf(json, "message"));
  return parsed;
}

}  // namespace stanflow
