#ifndef STANFLOW_SERVER_RPC_STATUS_H_
#define STANFLOW_SERVER_RPC_STATUS_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "grpcpp/support/status.h"

namespace stanflow {

// An error with a reason of its own; without one the canonical code's name is the reason.
absl::Status WithReason(absl::Status status, std::string_view reason);

// INVALID_ARGUMENT "FIELD: WHAT". All of INVALID_ARGUMENT is written so; ToGrpcStatus takes the field from
// there.
absl::Status FieldError(std::string_view field, std::string_view what);

// "generate" and "hosts: ..." make "generate.hosts: ...". Other errors than INVALID_ARGUMENT stay as they
// are.
absl::Status InField(std::string_view outer, const absl::Status& status);

// The one way from absl::Status to the wire: code, message, and as details (error_details.proto) an
// ErrorInfo with a stable reason, a BadRequest that names the field of an INVALID_ARGUMENT, and a
// RetryInfo where waiting helps (RESOURCE_EXHAUSTED, UNAVAILABLE, a version that is not ready yet).
grpc::Status ToGrpcStatus(const absl::Status& status);

// "INVALID_ARGUMENT", as metrics and jobs name it.
const char* CodeName(grpc::StatusCode code);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_RPC_STATUS_H_
