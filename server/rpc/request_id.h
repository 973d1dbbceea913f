#ifndef STANFLOW_SERVER_RPC_REQUEST_ID_H_
#define STANFLOW_SERVER_RPC_REQUEST_ID_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "server/rpc/rpc_environment.h"

namespace stanflow {

// Submits that may be repeated: the same request_id answers the same job. A job's spec holds the digest of
// the request that made it as "request_digest", if that had an id.

// Names what is asked for: all of a request but its request_id, priority and validate_only.
std::string DigestOfSubmit(const google::protobuf::Message& request);

// The job that the request has made before; nothing for a new or empty request_id. To be asked before the
// request is checked: what it names may be gone by now, and its job stays its job. INVALID_ARGUMENT
// "request_id: ..." if another request made the job.
absl::StatusOr<std::optional<Job>> FindSubmitted(const google::protobuf::Message& request,
                                                 const std::string& request_id, const RpcEnvironment& env);

// JobService::Submit, which may find that another call with this id was faster; the same error then.
absl::StatusOr<Job> SubmitOnce(const JobRequest& job, const RpcEnvironment& env);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_RPC_REQUEST_ID_H_
