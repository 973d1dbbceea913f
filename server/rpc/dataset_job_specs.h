#ifndef STANFLOW_SERVER_RPC_DATASET_JOB_SPECS_H_
#define STANFLOW_SERVER_RPC_DATASET_JOB_SPECS_H_

#include "absl/status/statusor.h"
#include "server/jobs/job_service.h"
#include "server/rpc/rpc_environment.h"
#include "stanflow/v1/datasets.pb.h"

namespace stanflow {

// As job_specs.h, for the jobs that make datasets. The specs:
//
//   import    dataset, home[], holdout, format, biflow, schema, max_rejected_share, max_uncompressed_bytes,
//             and of several files: files[] (their names)
//   collect   dataset, home[], holdout, base_digest (of the dataset that is there, or empty), listen,
//             max_rows, max_minutes, publish_seconds, max_spool_bytes, receive_buffer_bytes
//
// FAILED_PRECONDITION, too, for a dataset that a collection makes.
absl::StatusOr<JobRequest> ImportJob(const v1::UploadHeader& header, const RpcEnvironment& env);
// FAILED_PRECONDITION, too, if a collection that has not ended listens there, or a job that has not ended
// makes the dataset.
absl::StatusOr<JobRequest> CollectJob(const v1::CollectRequest& request, const RpcEnvironment& env);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_RPC_DATASET_JOB_SPECS_H_
