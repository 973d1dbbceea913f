#include "client/cli/lib/to_json.h"

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"
#include "client/cli/lib/format.h"
#include "client/cli/lib/job_text.h"
#include "core/flow/time.h"

namespace stanflow {
namespace {

namespace v1 = stanflow::v1;

Json TimeJson(bool set, const google::protobuf::Timestamp& time) {
  return set ? Json(FormatUtc(ToMs(time))) : Json(nullptr);
}

// Text that should be JSON; as a string if it is not.
Json Parsed(const std::string& text) {
  if (text.empty()) return nullptr;
  Json out = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  return out.is_discarded() ? Json(text) : out;
}

Json ToJson(const v1::JobProgress& progress) {
  return {{"fraction", progress.fraction()},
          {"phase", progress.phase()},
          {"attribute", progress.attribute()},
          {"epoch", progress.epoch()},
          {"nats", progress.nats()},
          {"rows_per_second", progress.rows_per_second()},
          {"seconds_left", progress.seconds_left() < 0 ? Json(nullptr) : Json(progress.seconds_left())},
          {"message", progress.message()}};
}

Json ErrorJson(const v1::Job& job) {
  if (job.error_code().empty()) return nullptr;
  return {{"code", job.error_code()}, {"message", job.error_message()}};
}

template <typename Repeated>
Json List(const Repeated& values) {
  Json out = Json::array();
  for (const auto& value : values) out.push_back(value);
  return out;
}

}  // namespace

Json ToJson(const v1::Job& job) {
  return {{"name", job.name()},
          {"kind", KindName(job.kind())},
          {"state", StateName(job.state())},
          {"priority", job.priority()},
          {"create_time", TimeJson(job.has_create_time(), job.create_time())},
          {"start_time", TimeJson(job.has_start_time(), job.start_time())},
          {"end_time", TimeJson(job.has_end_time(), job.end_time())},
          {"attempts", job.attempts()},
          {"failures", job.failures()},
          {"max_failures", job.max_failures()},
          {"progress", job.has_progress() ? ToJson(job.progress()) : Json(nullptr)},
          {"error", ErrorJson(job)},
          {"result", job.result()},
          {"artifacts", List(job.artifacts())},
          {"request", Parsed(job.spec_json())},
          {"figures", Parsed(job.result_json())}};
}

Json ToJson(const v1::JobEvent& event) {
  return {{"sequence", event.sequence()},
          {"time", TimeJson(event.has_time(), event.time())},
          {"state", StateName(event.state())},
          {"attempt", event.attempt()},
          {"progress", event.has_progress() ? ToJson(event.progress()) : Json(nullptr)},
          {"message", event.message()}};
}

Json ToJson(const v1::Dataset& dataset) {
  Json rejected = Json::array();
  for (const auto& row : dataset.rejected())
    rejected.push_back({{"file", row.file()}, {"line", row.line()}, {"reason", row.reason()}});
  Json ranges = Json::object();
  for (const auto& range : dataset.ranges())
    ranges[range.column()] = {{"min", range.min()}, {"max", range.max()}};
  return {{"name", dataset.name()},
          {"create_time", TimeJson(dataset.has_create_time(), dataset.create_time())},
          {"digest", dataset.digest()},
          {"home", List(dataset.home())},
          {"holdout", dataset.holdout()},
          {"format", dataset.format()},
          {"rows", dataset.rows()},
          {"train_rows", dataset.train_rows()},
          {"holdout_rows", dataset.holdout_rows()},
          {"hosts", dataset.hosts()},
          {"rejected_rows", dataset.rejected_rows()},
          {"rejected", std::move(rejected)},
          {"first_flow_end", TimeJson(dataset.has_first_flow_end(), dataset.first_flow_end())},
          {"last_flow_end", TimeJson(dataset.has_last_flow_end(), dataset.last_flow_end())},
          {"total_packets", dataset.total_packets()},
          {"total_bytes", dataset.total_bytes()},
          {"size_bytes", dataset.size_bytes()},
          {"ranges", std::move(ranges)}};
}

Json ToJson(const v1::ModelVersion& version) {
  return {
      {"name", version.name()},
      {"create_time", TimeJson(version.has_create_time(), version.create_time())},
      {"preset", version.preset()},
      {"state", std::string(absl::StripPrefix(v1::ModelState_Name(version.state()), "MODEL_STATE_"))},
      {"state_message", version.state_message()},
      {"device", version.device()},
      {"memory_bytes", version.memory_bytes()},
      {"context_bytes", version.context_bytes()},
      {"aliases", List(version.aliases())},
      {"size_bytes", version.size_bytes()},
      {"dataset", version.dataset()},
      {"dataset_digest", version.dataset_digest()},
      {"hosts", version.hosts()},
      {"parameters", version.parameters()},
      {"seed", version.seed()},
      {"validation_nats", version.has_validation_nats() ? Json(version.validation_nats()) : Json(nullptr)},
      {"manifest", Parsed(version.manifest_json())}};
}

Json ToJson(const v1::ModelAlias& alias) {
  Json history = Json::array();
  for (const auto& change : alias.history()) {
    history.push_back({{"time", TimeJson(change.has_time(), change.time())}, {"version", change.version()}});
  }
  return {{"model", alias.model()},
          {"alias", alias.alias()},
          {"version", alias.version()},
          {"history", std::move(history)}};
}

}  // namespace stanflow
