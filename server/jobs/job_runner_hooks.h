#ifndef STANFLOW_SERVER_JOBS_JOB_RUNNER_HOOKS_H_
#define STANFLOW_SERVER_JOBS_JOB_RUNNER_HOOKS_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/jobs/collection_report.h"
#include "server/jobs/job.h"
#include "server/jobs/sink_report.h"

namespace stanflow {

// What the server does with jobs that run.
struct JobRunnerHooks {
  // Gives what a job made (`<job>/out`) its name and answers that name ("models/m/versions/3"). After an
  // error nothing is published. Idempotent by the job's id: it is called again if the server dies right after
  // it.
  std::function<absl::StatusOr<std::string>(const Job& job, const std::string& out_dir)> publish;
  // Called, without locks held and from any thread, after each change of a job's state and each progress.
  std::function<void(const Job& job)> changed;
  // Called likewise for each report of a stream job, which is of the attempt `job.attempts`. Empty: for none.
  std::function<void(const Job& job, const SinkReport& report)> sink_report;
  // Called likewise for each report of a collection. Empty: for none.
  std::function<void(const Job& job, const CollectionReport& report)> collection_report;
  // Gives what a collection has in `out_dir` its name while the job goes on; its worker waits. After an error
  // nothing has changed. Empty: there are no collections.
  std::function<absl::Status(const Job& job, const std::string& out_dir)> publish_so_far;
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_JOBS_JOB_RUNNER_HOOKS_H_
