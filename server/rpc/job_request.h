#ifndef STANFLOW_SERVER_RPC_JOB_REQUEST_H_
#define STANFLOW_SERVER_RPC_JOB_REQUEST_H_

#include <cstddef>
#include <utility>

#include "absl/status/statusor.h"
#include "core/base/strings.h"
#include "nlohmann/json.hpp"
#include "server/jobs/job_service.h"
#include "server/rpc/request_id.h"
#include "server/rpc/status.h"

namespace stanflow {

// What the queue stores of `message`, a request for a job that `spec` describes. INVALID_ARGUMENT
// "request_id: ..." for one that is too long.
template <typename Message>
absl::StatusOr<JobRequest> NewJobRequest(JobKind kind, nlohmann::json spec, const Message& message) {
  constexpr size_t kMaxRequestId = 128;
  if (message.request_id().size() > kMaxRequestId) {
    return FieldError("request_id", StrCat("longer than ", kMaxRequestId, " bytes"));
  }
  if (!message.request_id().empty()) spec["request_digest"] = DigestOfSubmit(message);
  JobRequest request;
  request.kind = kind;
  request.spec_json = spec.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  request.request_id = message.request_id();
  request.priority = message.priority();
  return request;
}

}  // namespace stanflow

#endif  // STANFLOW_SERVER_RPC_JOB_REQUEST_H_
