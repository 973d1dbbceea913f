#ifndef STANFLOW_SERVER_APP_JOB_HOOKS_H_
#define STANFLOW_SERVER_APP_JOB_HOOKS_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "core/base/mutex.h"
#include "server/jobs/job.h"
#include "server/metrics/metrics.h"
#include "server/registry/dataset_registry.h"
#include "server/registry/model_registry.h"

namespace stanflow {

// Gives what a job made (`out_dir`, worker/job_handler.h) its name in a registry and answers that:
// "datasets/ID", "models/M/versions/N", or "" for an evaluation, whose artefacts are all that it makes.
// Idempotent by the job's id.
absl::StatusOr<std::string> PublishJob(const Job& job, const std::string& out_dir, DatasetRegistry* datasets,
                                       ModelRegistry* models);

// Turns what the runner and the queue tell of jobs into metrics. Thread-safe.
class JobMetrics {
 public:
  explicit JobMetrics(Metrics* metrics) : metrics_(metrics) {}
  // After each change of a job's state and each progress. What the runner tells comes in order; what the
  // queue tells (QUEUED, CANCELLING, CANCELLED) may come a moment before or after it.
  void Changed(const Job& job);
  // Jobs that run as far as this was told.
  size_t running() const;

 private:
  bool IsNews(const Job& job);

  Metrics* const metrics_;
  mutable Mutex mutex_;
  std::map<std::string, uint32_t> running_ ABSL_GUARDED_BY(mutex_);  // newest attempt of jobs that run
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_APP_JOB_HOOKS_H_
