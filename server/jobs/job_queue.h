#ifndef STANFLOW_SERVER_JOBS_JOB_QUEUE_H_
#define STANFLOW_SERVER_JOBS_JOB_QUEUE_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "server/jobs/job_notifier.h"
#include "server/jobs/job_service.h"
#include "server/jobs/job_store.h"

namespace stanflow {

struct JobQueueOptions {
  std::string data_dir;
  // Jobs that may wait at once; one more is RESOURCE_EXHAUSTED at once. More would wait for days.
  size_t max_queued = 1000;
  // Attempts that may end by a job's own fault before it is FAILED: three outlive a crash by chance.
  uint32_t max_failures = 3;
};

// The job queue as callers see it: JobService over a JobStore. Who runs the jobs is JobRunner; the two know
// each other by two callbacks (SetWake here, `changed` there, which SetChanged may share). Thread-safe.
//
// A submit with a request_id that is known takes `adopt_file` too (it is removed: the job has its bytes
// already).
class JobQueue : public JobService {
 public:
  // `store` and `clock` must outlive the queue.
  JobQueue(JobQueueOptions options, JobStore* store, const Clock* clock);

  absl::StatusOr<Job> Submit(const JobRequest& request) override;
  absl::StatusOr<Job> Get(const std::string& id) override;
  absl::StatusOr<std::vector<Job>> List(size_t page_size, const std::string& page_token,
                                        const std::vector<JobState>& states,
                                        std::string* next_page_token) override;
  absl::StatusOr<Job> Cancel(const std::string& id) override;
  absl::StatusOr<std::vector<JobEvent>> Events(const std::string& id, uint64_t after) override;
  uint64_t Subscribe(const std::string& id, std::function<void()> changed) override;
  void Unsubscribe(uint64_t subscription) override;
  absl::StatusOr<std::string> ArtifactPath(const std::string& id, const std::string& artifact) override;

  // How many jobs are in each state; states without jobs are left out.
  absl::StatusOr<std::map<JobState, int64_t>> CountByState();
  // When the QUEUED job that has waited longest was submitted; none if none waits.
  absl::StatusOr<std::optional<int64_t>> OldestQueuedMs();

  // `wake` is called when there is something for the runner to do. Empty: no one is woken.
  void SetWake(std::function<void()> wake);
  // `changed` is called, without locks held and from any thread, after each submit and each cancel that
  // changed a job's state. Empty: no one is told but the job's watchers.
  void SetChanged(std::function<void(const Job& job)> changed);
  // Tells the watchers of a job that it has new events.
  void Notify(const std::string& id) { notifier_.Notify(id); }

 private:
  absl::StatusOr<Job> SubmitNew(const Job& job, const JobRequest& request);
  // False in `changed`: it was cancelled, ended or being published already.
  absl::StatusOr<Job> CancelStored(const std::string& id, bool* changed);
  void Changed(const Job& job);

  const JobQueueOptions options_;
  JobStore* const store_;
  const Clock* const clock_;
  JobNotifier notifier_;

  Mutex cancel_mutex_;  // held over a cancel: the states before and after tell whether it changed something
  Mutex mutex_;
  std::function<void()> wake_ ABSL_GUARDED_BY(mutex_);
  std::function<void(const Job& job)> changed_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_JOBS_JOB_QUEUE_H_
