#include "server/app/job_hooks.h"

#include <utility>

#include "core/base/log.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

// "" if the spec has no such field.
std::string SpecField(const Job& job, const char* field) {
  const nlohmann::json spec = nlohmann::json::parse(job.spec_json, nullptr, /*allow_exceptions=*/false);
  if (!spec.is_object() || !spec.contains(field) || !spec[field].is_string()) return "";
  return spec[field].get<std::string>();
}

std::string CodeOf(const Job& job) {
  if (job.state == JobState::kSucceeded) return "OK";
  if (job.state == JobState::kCancelled) return "CANCELLED";
  return job.error_code;
}

double Seconds(int64_t from_ms, int64_t to_ms) { return static_cast<double>(to_ms - from_ms) / 1000; }

}  // namespace

absl::StatusOr<std::string> PublishJob(const Job& job, const std::string& out_dir, DatasetRegistry* datasets,
                                       ModelRegistry* models) {
  switch (job.kind) {
    case JobKind::kImport: {
      STANFLOW_ASSIGN_OR_RETURN(const std::string id,
                                datasets->Publish(out_dir + "/dataset", SpecField(job, "dataset"), job.id));
      return "datasets/" + id;
    }
    case JobKind::kTrain: {
      STANFLOW_ASSIGN_OR_RETURN(const VersionId id,
                                models->Publish(out_dir + "/bundle", SpecField(job, "model"), job.id));
      return id.ToString();
    }
    case JobKind::kCollect: {
      const std::string id = SpecField(job, "dataset");
      return datasets->Exists(id) ? "datasets/" + id : "";
    }
    case JobKind::kEvaluate:
    case JobKind::kReproduce:
    case JobKind::kStream:
      return "";
  }
  return absl::InternalError(StrCat("job ", job.id, " is of no known kind"));
}

absl::Status PublishSoFar(const Job& job, const std::string& out_dir, DatasetRegistry* datasets) {
  if (job.kind != JobKind::kCollect) {
    return absl::InternalError(StrCat(JobKindName(job.kind), " jobs publish at their end"));
  }
  return datasets->Replace(out_dir + "/dataset", SpecField(job, "dataset"), job.id,
                           SpecField(job, "base_digest"));
}

// Progress comes in the state RUNNING, of the attempt that has been leased.
bool JobMetrics::IsNews(const Job& job) {
  MutexLock lock(&mutex_);
  if (job.state == JobState::kRunning) {
    uint32_t& attempt = running_[job.id];
    return std::exchange(attempt, job.attempts) != job.attempts;
  }
  // A new job's QUEUED may come after its first lease, CANCELLING before the last progress.
  const bool ran = job.state == JobState::kQueued && job.attempts > 0;
  if (ran || IsFinal(job.state)) running_.erase(job.id);
  return true;
}

size_t JobMetrics::running() const {
  MutexLock lock(&mutex_);
  return running_.size();
}

void JobMetrics::Changed(const Job& job) {
  const bool has_worker = HasWorker(job);
  if (job.kind == JobKind::kStream && !has_worker) metrics_->SinkEnded(job.id);
  if (job.kind == JobKind::kCollect && !has_worker) metrics_->CollectionEnded(job.id);
  if (!IsNews(job)) {
    if (job.kind == JobKind::kTrain) metrics_->TrainingProgressed(SpecField(job, "model"), job.progress);
    return;
  }
  LogInfo("job changed", {{"job", job.id},
                          {"kind", JobKindName(job.kind)},
                          {"state", JobStateName(job.state)},
                          {"attempt", job.attempts},
                          {"error", job.error_message},
                          {"result", job.result}});
  if (job.state == JobState::kRunning && job.attempts == 1) {
    metrics_->JobLeased(job.kind, Seconds(job.created_ms, job.started_ms));
  }
  if (job.kind == JobKind::kTrain && !has_worker) metrics_->TrainingStopped(SpecField(job, "model"));
  if (IsFinal(job.state)) {
    metrics_->JobEnded(job.kind, job.state, CodeOf(job),
                       job.started_ms == 0 ? 0 : Seconds(job.started_ms, job.ended_ms));
  }
}

}  // namespace stanflow
