#ifndef STANFLOW_SERVER_RPC_RPC_SCOPE_H_
#define STANFLOW_SERVER_RPC_RPC_SCOPE_H_

#include <chrono>

#include "absl/status/status.h"
#include "grpcpp/support/status.h"
#include "server/rpc/rpc_environment.h"
#include "server/rpc/status.h"

namespace stanflow {

// Counts one call from its start to its end. A plain value, copied into whatever ends the call.
class RpcScope {
 public:
  // `method` is a literal, "Synthesis/Generate".
  RpcScope(const RpcEnvironment* env, const char* method)
      : env_(env), method_(method), start_(env->clock->SteadyNow()) {
    env_->metrics->RpcStarted(method_);
  }

  // Since the call's start.
  std::chrono::nanoseconds Elapsed() const { return env_->clock->SteadyNow() - start_; }

  // Once, with what the call ends with; answers it as it goes over the wire.
  grpc::Status End(const absl::Status& status) const {
    const grpc::Status result = ToGrpcStatus(status);
    env_->metrics->RpcEnded(method_, CodeName(result.error_code()), Elapsed());
    return result;
  }

 private:
  const RpcEnvironment* env_;
  const char* method_;
  std::chrono::steady_clock::time_point start_;
};

inline absl::Status TooBusy() {
  return WithReason(absl::ResourceExhaustedError("the server has too many calls waiting; try again"),
                    "CALLS_FULL");
}

}  // namespace stanflow

#endif  // STANFLOW_SERVER_RPC_RPC_SCOPE_H_
