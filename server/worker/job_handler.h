#ifndef STANFLOW_SERVER_WORKER_JOB_HANDLER_H_
#define STANFLOW_SERVER_WORKER_JOB_HANDLER_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"
#include "server/jobs/collection_report.h"
#include "server/jobs/job.h"
#include "server/jobs/sink_report.h"

namespace stanflow {

// What a job's handler gets to work with, inside the worker process.
struct JobContext {
  std::string data_dir;  // the server's; read datasets and models from it, write nothing into it
  std::string
      job_dir;  // the job's own folder: `upload` (imports), `checkpoint/`, and `out/` for what it makes
  nlohmann::json spec;
  int threads = 1;             // compute threads this job may use
  std::string device = "cpu";  // "cuda:0", ...: where it computes
  uint32_t attempt = 1;
  std::string server;  // address of the server, for jobs that call it
  // From any thread, often: thinned to a few events a second, a change of phase, attribute or epoch always
  // passes.
  std::function<void(const JobProgress&)> progress;
  // Of stream jobs. From any thread; not thinned: a few times a second is enough.
  std::function<void(const SinkReport&)> sink_report;
  // Of collections, likewise.
  std::function<void(const CollectionReport&)> collection_report;
  // Of collections: gives what stands complete in `out/` its name while the job goes on; nothing of it is
  // left there when OK. One call at a time. Waits for the server's answer, also when the job is asked to
  // stop. Any error has changed nothing; ALREADY_EXISTS: the name is another dataset's by now.
  std::function<absl::Status()> publish_so_far;
  // True once the job should stop at the next safe point (cancel).
  std::function<bool()> stop_requested;
};

// Does the job. What it makes stands complete in `<job_dir>/out/` when this returns OK:
//   import    out/dataset/        (dataset.json and the columns)
//   train     out/bundle/         (manifest.json and model.safetensors)
//   evaluate  out/report.json, out/report.html
//   reproduce the same
//   stream    nothing
//   collect   nothing: out/dataset/ has been published so far, as often as the job liked
// Answers the job's figures (Job.result_json). A second call with the same job_dir continues from whatever
// checkpoint is there. INVALID_ARGUMENT, FAILED_PRECONDITION, NOT_FOUND and DATA_LOSS are final; other errors
// and crashes are tried again; RESOURCE_EXHAUSTED (a full disk) and, of streams and collections, UNAVAILABLE
// are waited out (job_state.h). CANCELLED if it stopped because it was asked to.
using JobHandler = absl::StatusOr<nlohmann::json> (*)(const JobContext& context);

absl::StatusOr<nlohmann::json> RunImportJob(const JobContext& context);     // import_job.cc
absl::StatusOr<nlohmann::json> RunTrainJob(const JobContext& context);      // train_job.cc
absl::StatusOr<nlohmann::json> RunEvaluateJob(const JobContext& context);   // evaluate_job.cc
absl::StatusOr<nlohmann::json> RunReproduceJob(const JobContext& context);  // reproduce_job.cc
absl::StatusOr<nlohmann::json> RunStreamJob(const JobContext& context);     // stream_job.cc
absl::StatusOr<nlohmann::json> RunCollectJob(const JobContext& context);    // collect_job.cc

}  // namespace stanflow

#endif  // STANFLOW_SERVER_WORKER_JOB_HANDLER_H_
