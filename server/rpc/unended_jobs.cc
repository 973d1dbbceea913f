#include "server/rpc/unended_jobs.h"

#include <algorithm>
#include <iterator>

#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

constexpr size_t kJobsAtOnce = 1000;

nlohmann::json SpecOf(const Job& job) {
  return nlohmann::json::parse(job.spec_json, nullptr, /*allow_exceptions=*/false);
}

// A string that the object has under `key`, or none.
std::string TextAt(const nlohmann::json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : "";
}

std::string VersionNameOf(const nlohmann::json& evaluation) {
  const auto version = evaluation.find("version");
  if (version == evaluation.end() || !version->is_number_unsigned()) return "";
  return VersionId{TextAt(evaluation, "model"), version->get<uint64_t>()}.ToString();
}

// The jobs of which `names` answers `name`.
absl::Status CheckNoneHas(const RpcEnvironment& env, std::vector<std::string> (*names)(const Job&),
                          const std::string& name, const std::string& does) {
  STANFLOW_ASSIGN_OR_RETURN(const std::vector<Job> jobs, UnendedJobs(env));
  for (const Job& job : jobs) {
    const std::vector<std::string> held = names(job);
    if (std::find(held.begin(), held.end(), name) == held.end()) continue;
    return absl::FailedPreconditionError(
        StrCat("jobs/", job.id, " ", does, " '", name, "'; cancel it, or wait for its end"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<Job>> UnendedJobs(const RpcEnvironment& env) {
  std::vector<Job> all;
  std::string token;
  do {
    STANFLOW_ASSIGN_OR_RETURN(
        std::vector<Job> some,
        env.jobs->List(kJobsAtOnce, token, {JobState::kQueued, JobState::kRunning, JobState::kCancelling},
                       &token));
    std::move(some.begin(), some.end(), std::back_inserter(all));
  } while (!token.empty());
  return all;
}

std::vector<std::string> DatasetsReadBy(const Job& job) {
  std::vector<std::string> datasets;
  const nlohmann::json spec = SpecOf(job);
  if (job.kind == JobKind::kImport || !spec.is_object()) return datasets;
  for (const char* field : {"dataset", "synthetic_dataset"}) {
    if (!TextAt(spec, field).empty()) datasets.push_back(TextAt(spec, field));
  }
  return datasets;
}

std::vector<std::string> VersionsUsedBy(const Job& job) {
  std::vector<std::string> versions;
  const nlohmann::json spec = SpecOf(job);
  if (!spec.is_object()) return versions;
  if (job.kind == JobKind::kStream) versions.push_back(TextAt(spec, "model"));
  if (job.kind == JobKind::kEvaluate) versions.push_back(VersionNameOf(spec));
  if (job.kind == JobKind::kReproduce) {
    for (const nlohmann::json& model : spec.value("models", nlohmann::json::array())) {
      versions.push_back(VersionNameOf(model));
    }
  }
  return versions;
}

absl::Status CheckUnread(const RpcEnvironment& env, const std::string& dataset) {
  return CheckNoneHas(env, DatasetsReadBy, dataset, "reads dataset");
}

absl::Status CheckUnused(const RpcEnvironment& env, const VersionId& version) {
  return CheckNoneHas(env, VersionsUsedBy, version.ToString(), "uses");
}

}  // namespace stanflow
