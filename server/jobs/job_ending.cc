#include "server/jobs/job_ending.h"

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/status_macros.h"
#include "server/jobs/job_folder.h"
#include "server/jobs/worker_protocol.h"

namespace stanflow {
namespace {

JobChange ChangeTo(JobAction action) {
  JobChange change;
  change.action = action;
  return change;
}

}  // namespace

absl::Status JobEnding::Store(const Job& job, const AttemptEnd& end, bool cancel_asked) const {
  const absl::Status outcome = AttemptOutcome(end);
  LogInfo("worker ended", {{"job", job.id}, {"attempt", job.attempts}, {"outcome", outcome.ToString()}});
  if (outcome.ok()) return Publish(job);
  if (!absl::IsCancelled(outcome)) return Fail(job, outcome);
  if (end.end.exit_code == static_cast<int>(WorkerExit::kHandedBack) && cancel_asked) {
    // It has done what there was to do after the cancel.
    return Change(job, ChangeTo(JobAction::kPublish)).status();
  }
  JobChange hand_back = ChangeTo(end.stop_asked ? JobAction::kHandBack : JobAction::kSetBack);
  hand_back.error = absl::UnavailableError(outcome.message());
  return Change(job, std::move(hand_back)).status();
}

absl::Status JobEnding::Publish(const Job& job) const {
  const std::string folder = JobFolder(data_dir_, job.id);
  const auto result_json = ReadFile(folder + "/result.json");
  if (!result_json.ok()) return Fail(job, absl::InternalError(result_json.status().message()));
  STANFLOW_ASSIGN_OR_RETURN(const Job publishing, Change(job, ChangeTo(JobAction::kPublish)));
  if (publishing.state != JobState::kRunning) return absl::OkStatus();  // cancelled in time
  const auto result = hooks_.publish(publishing, folder + "/out");
  if (!result.ok()) return Fail(job, result.status());
  JobChange done = ChangeTo(JobAction::kSucceed);
  done.result = *result;
  done.result_json = *result_json;
  STANFLOW_ASSIGN_OR_RETURN(done.artifacts, ListArtifacts(folder));
  return Change(job, std::move(done)).status();
}

absl::Status JobEnding::Fail(const Job& job, const absl::Status& error) const {
  JobChange failure = ChangeTo(JobAction::kFail);
  failure.error = error;
  return Change(job, std::move(failure)).status();
}

absl::StatusOr<Job> JobEnding::Change(const Job& job, JobChange change) const {
  change.now_ms = clock_.NowMs();
  STANFLOW_ASSIGN_OR_RETURN(Job changed, store_.Change(job.id, job.attempts, change));
  if (IsFinal(changed.state)) {
    const absl::Status removed = RemoveLeftovers(JobFolder(data_dir_, job.id));
    if (!removed.ok()) LogWarning("job files left behind", {{"job", job.id}, {"error", removed.ToString()}});
  }
  hooks_.changed(changed);
  return changed;
}

}  // namespace stanflow
