#ifndef STANFLOW_SERVER_RPC_UNARY_H_
#define STANFLOW_SERVER_RPC_UNARY_H_

#include <chrono>
#include <utility>

#include "absl/status/status.h"
#include "core/base/executor.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"
#include "server/rpc/rpc_environment.h"
#include "server/rpc/rpc_scope.h"

namespace stanflow {

// Runs a unary call's work on an executor, counts it, and ends it once with the work's status.
// Request and response stay valid until then.
template <typename Work>
grpc::ServerUnaryReactor* RunUnary(const RpcEnvironment* env, grpc::CallbackServerContext* context,
                                   const char* method, Executor* executor, Work work) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  const RpcScope scope(env, method);
  const bool queued =
      executor->Run([reactor, scope, work = std::move(work)] { reactor->Finish(scope.End(work())); });
  if (!queued) reactor->Finish(scope.End(TooBusy()));
  return reactor;
}

// A page of `all`: the token is the index of its first element. INVALID_ARGUMENT for a foreign token or a
// size above 1000.
struct Page {
  size_t begin = 0, end = 0;
  std::string next_token;
};
absl::StatusOr<Page> PageOf(size_t all, uint32_t page_size, const std::string& token);
// 0 is 50.
absl::StatusOr<size_t> PageSize(uint32_t page_size);

// The machine's steady time by which a call has to be answered: a little before its own deadline, so that the
// answer still arrives, or after `without` if it has none.
std::chrono::steady_clock::time_point AnswerBy(const grpc::ServerContextBase& context,
                                               std::chrono::milliseconds without);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_RPC_UNARY_H_
