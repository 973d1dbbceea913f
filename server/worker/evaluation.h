#ifndef STANFLOW_SERVER_WORKER_EVALUATION_H_
#define STANFLOW_SERVER_WORKER_EVALUATION_H_

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"
#include "server/worker/evaluate_spec.h"
#include "server/worker/job_handler.h"

namespace stanflow {

struct EvaluationOptions {
  bool baseline = true;  // B1 stands beside the figures
  // What RealTaskSeries (core/eval/task_series.h) answered for the same dataset and options, or null.
  const nlohmann::json* real_tasks = nullptr;
};

// Judges one model, or imported flows, as `spec` asks, and answers the report (core/eval/report.h).
// Of `context` it uses the data folder, threads, device and callbacks; it writes nothing.
absl::StatusOr<nlohmann::json> Evaluate(const JobContext& context, const EvaluateSpec& spec,
                                        const EvaluationOptions& options);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_WORKER_EVALUATION_H_
