#ifndef STANFLOW_SERVER_RPC_SUBMIT_H_
#define STANFLOW_SERVER_RPC_SUBMIT_H_

#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/status_macros.h"
#include "server/rpc/convert.h"
#include "server/rpc/request_id.h"
#include "server/rpc/rpc_environment.h"

namespace stanflow {

// What would be stored.
inline void DescribeUnstored(const JobRequest& job, v1::Job* response) {
  response->set_kind(static_cast<v1::JobKind>(job.kind));
  response->set_priority(job.priority);
  response->set_spec_json(job.spec_json);
}

// The job that the request has made before, else a new one that `make` checks and describes.
template <typename Request>
absl::StatusOr<Job> Submit(const Request& request, const RpcEnvironment& env,
                           absl::StatusOr<JobRequest> (*make)(const Request&, const RpcEnvironment&)) {
  STANFLOW_ASSIGN_OR_RETURN(std::optional<Job> known, FindSubmitted(request, request.request_id(), env));
  if (known.has_value()) return *std::move(known);
  STANFLOW_ASSIGN_OR_RETURN(const JobRequest job, make(request, env));
  return SubmitOnce(job, env);
}

// The same into `response`; with validate_only it only checks, and describes.
template <typename Request>
absl::Status SubmitOrValidate(const Request& request, const RpcEnvironment& env,
                              absl::StatusOr<JobRequest> (*make)(const Request&, const RpcEnvironment&),
                              v1::Job* response) {
  if (request.validate_only()) {
    STANFLOW_ASSIGN_OR_RETURN(const JobRequest job, make(request, env));
    DescribeUnstored(job, response);
    return absl::OkStatus();
  }
  STANFLOW_ASSIGN_OR_RETURN(const Job job, Submit(request, env, make));
  *response = ToProto(job);
  return absl::OkStatus();
}

}  // namespace stanflow

#endif  // STANFLOW_SERVER_RPC_SUBMIT_H_
