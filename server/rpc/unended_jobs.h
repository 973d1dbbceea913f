#ifndef STANFLOW_SERVER_RPC_UNENDED_JOBS_H_
#define STANFLOW_SERVER_RPC_UNENDED_JOBS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/jobs/job.h"
#include "server/registry/resource_name.h"
#include "server/rpc/rpc_environment.h"

namespace stanflow {

// What jobs that have not ended hold on to, by their specs (job_specs.h): it must not be taken from under
// them.

// All of them, newest first.
absl::StatusOr<std::vector<Job>> UnendedJobs(const RpcEnvironment& env);

// The datasets that a job reads, or goes on with; none for an import or a damaged spec.
std::vector<std::string> DatasetsReadBy(const Job& job);
// The model versions that it generates with, by their resource names; none for a damaged spec.
std::vector<std::string> VersionsUsedBy(const Job& job);

// FAILED_PRECONDITION, naming the job, if one that has not ended reads the dataset, or uses the version.
absl::Status CheckUnread(const RpcEnvironment& env, const std::string& dataset);
absl::Status CheckUnused(const RpcEnvironment& env, const VersionId& version);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_RPC_UNENDED_JOBS_H_
