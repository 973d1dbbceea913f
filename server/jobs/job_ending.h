#ifndef STANFLOW_SERVER_JOBS_JOB_ENDING_H_
#define STANFLOW_SERVER_JOBS_JOB_ENDING_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/clock.h"
#include "server/jobs/attempt_outcome.h"
#include "server/jobs/job_runner_hooks.h"
#include "server/jobs/job_store.h"

namespace stanflow {

// Stores how attempts ended. Safe for concurrent use, one call at a time for a job.
class JobEnding {
 public:
  // All outlive it.
  JobEnding(std::string data_dir, JobStore* store, const Clock* clock, const JobRunnerHooks* hooks)
      : data_dir_(std::move(data_dir)), store_(*store), clock_(*clock), hooks_(*hooks) {}

  // The end of the attempt `job.attempts`, whose worker is gone: what it made is published and the job
  // SUCCEEDED, or it is tried again, handed back, FAILED or CANCELLED. `cancel_asked`: the job is to be
  // cancelled. FAILED_PRECONDITION or NOT_FOUND: the job has gone on without this attempt. Other errors are
  // the store's, and the same call may work later.
  absl::Status Store(const Job& job, const AttemptEnd& end, bool cancel_asked) const;

 private:
  absl::Status Publish(const Job& job) const;
  absl::Status Fail(const Job& job, const absl::Status& error) const;
  absl::StatusOr<Job> Change(const Job& job, JobChange change) const;

  const std::string data_dir_;
  JobStore& store_;
  const Clock& clock_;
  const JobRunnerHooks& hooks_;
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_JOBS_JOB_ENDING_H_
