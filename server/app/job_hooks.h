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
// "datasets/ID", "models/M/versions/N", or "" for an evaluation, whose artefacts are all that it makes, and
// for a stream. Idempotent by the job's id. A collection has published all by PublishSoFar: here it gets the
// name of its dataset, or "" if nothing ever came.
absl::StatusOr<std::string> PublishJob(const Job& job, const std::string& out_dir, DatasetRegistry* datasets,
                                       ModelRegistry* models);

// Gives the dataset that a collection has made so far its name, in place of the one before.
absl::Status PublishSoFar(const Job& job, const std::string& out_dir, DatasetRegistry* datasets);

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
