#ifndef STANFLOW_SERVER_RPC_WATCH_REACTOR_H_
#define STANFLOW_SERVER_RPC_WATCH_REACTOR_H_

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "core/base/mutex.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"
#include "server/rpc/live_calls.h"
#include "server/rpc/rpc_environment.h"
#include "server/rpc/rpc_scope.h"
#include "stanflow/v1/jobs.pb.h"

namespace stanflow {

// One WatchJob call: kept events first, then new ones as the queue tells of them, until the one that ends the
// job. Events are read from the store a page at a time, and only when the last page went out, so that a slow
// reader holds no more than one page.
//
// Invariants (under mutex_): at most one of reading_ (a task reads events) and writing_ (a message is in
// flight) is set; changed_ remembers that there may be more than the last page had. context_ lives until the
// RPC's Finish: while somebody cancels by it, without the lock, cancelling_ holds that back.
class WatchReactor final : public grpc::ServerWriteReactor<v1::JobEvent>,
                           public LiveCall,
                           public std::enable_shared_from_this<WatchReactor> {
 public:
  static grpc::ServerWriteReactor<v1::JobEvent>* Start(const RpcEnvironment* env,
                                                       grpc::CallbackServerContext* context,
                                                       const v1::WatchJobRequest* request);

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  void CheckStall(std::chrono::steady_clock::time_point now) override;
  void EndForDrain(const absl::Status& status) override;

 private:
  WatchReactor(const RpcEnvironment* env, grpc::CallbackServerContext* context,
               const v1::WatchJobRequest* request);

  absl::Status Begin(const std::string& name);
  // The queue has new events.
  void Changed();
  // Reads the next page; on an executor.
  void Read();
  void End(const absl::Status& status);
  void Advance();

  const RpcEnvironment* const env_;
  grpc::CallbackServerContext* const context_;
  const RpcScope scope_;
  std::shared_ptr<WatchReactor> self_;

  // Set by Begin, before anything else happens.
  std::string job_;
  uint64_t subscription_ = 0;  // 0: none

  Mutex mutex_;
  std::deque<v1::JobEvent> page_ ABSL_GUARDED_BY(mutex_);
  uint64_t after_ ABSL_GUARDED_BY(mutex_);  // sequence of the last event read
  bool changed_ ABSL_GUARDED_BY(mutex_) = false;
  bool reading_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool cancelling_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  // Set: nothing more is read; the RPC ends with it once page_ is out.
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mutex_);
  std::chrono::steady_clock::time_point write_start_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_RPC_WATCH_REACTOR_H_
