#ifndef STANFLOW_SERVER_RPC_JOB_SPECS_H_
#define STANFLOW_SERVER_RPC_JOB_SPECS_H_

#include <string>

#include "absl/status/statusor.h"
#include "server/jobs/job_service.h"
#include "server/rpc/rpc_environment.h"
#include "stanflow/v1/synthesis.pb.h"

namespace stanflow {

// From requests to what the job queue stores. Everything is checked here, so that a job that was taken fails
// only for what its data holds; names are pinned, and defaults filled in, so that a job means the same
// whenever it runs. INVALID_ARGUMENT as "FIELD: ..."; FAILED_PRECONDITION for a reproduction that this build
// can't do. The specs, JSON:
//
//   train     dataset, model, preset, max_minutes, options{}, seed
//   evaluate  model, version, dataset, synthetic_dataset, max_likelihood_rows,
//             task_rows, generate{seed, stream, hosts, home, start_ms, and rows or duration_ms}
//   reproduce dataset, seed, task_rows, models[] of {name, and an evaluation's model, version, generate,
//             max_likelihood_rows}
//   stream    model ("models/M/versions/N"), generate as of an evaluation or without an extent, to, rate or
//             speed or neither, when_full ("wait" or "drop"), exporters, file_dir
//   all       request_digest (request_id.h), with a request_id
// Jobs that make datasets: dataset_job_specs.h.
absl::StatusOr<JobRequest> TrainJob(const v1::TrainRequest& request, const RpcEnvironment& env);
absl::StatusOr<JobRequest> EvaluateJob(const v1::EvaluateRequest& request, const RpcEnvironment& env);
absl::StatusOr<JobRequest> ReproduceJob(const v1::ReproduceRequest& request, const RpcEnvironment& env);
absl::StatusOr<JobRequest> StreamJob(const v1::StreamRequest& request, const RpcEnvironment& env);

// The preset of a training that may leave it open.
std::string PresetOf(const v1::TrainRequest& request);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_RPC_JOB_SPECS_H_
