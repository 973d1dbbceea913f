#ifndef STANFLOW_SERVER_RPC_GENERATE_REACTOR_H_
#define STANFLOW_SERVER_RPC_GENERATE_REACTOR_H_

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "core/base/mutex.h"
#include "core/generate/resume_token.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"
#include "server/registry/model_registry.h"
#include "server/rpc/generate_request.h"
#include "server/rpc/live_calls.h"
#include "server/rpc/rpc_environment.h"
#include "server/rpc/rpc_scope.h"
#include "stanflow/v1/synthesis.pb.h"

namespace stanflow {

// One Generate call: the scheduler puts chunks in, one message at a time goes out.
//
// Life: Begin (on an executor: parse, pin the version, wait for the model, admit) -> header -> chunks ->
// summary -> Finish. It keeps itself alive until OnDone; the scheduler's pointer to it is good until the
// sink's Finish has returned, because nothing calls the RPC's Finish before that.
//
// Invariants (all under mutex_):
//  - at most one message is in flight; it is the front of queue_.
//  - bytes_ is the sum of queue_; above the limit the stream is parked, and resumed at half of it.
//  - the RPC ends in Advance and nowhere else: after end_ is set and the queue is empty. A cancel only sets
//    cancelled_ (which empties the queue) and tells the scheduler.
//  - context_ lives until the RPC's Finish: while somebody cancels by it, without the lock, cancelling_ holds
//    that back.
class GenerateReactor final : public grpc::ServerWriteReactor<v1::GenerateResponse>,
                              public StreamSink,
                              public LiveCall,
                              public std::enable_shared_from_this<GenerateReactor> {
 public:
  // Starts the call; `env` outlives it.
  static grpc::ServerWriteReactor<v1::GenerateResponse>* Start(const RpcEnvironment* env,
                                                               grpc::CallbackServerContext* context,
                                                               const v1::GenerateRequest* request);

  // grpc::ServerWriteReactor
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  // StreamSink
  bool Chunk(uint64_t first_row, const FlowTable& flows) override;
  void Finish(const absl::Status& status) override;

  // LiveCall. Draining ends the stream by way of the scheduler.
  void CheckStall(std::chrono::steady_clock::time_point now) override;
  void EndForDrain(const absl::Status&) override {}

 private:
  struct Message {
    v1::GenerateResponse response;
    uint64_t bytes = 0;
  };

  GenerateReactor(const RpcEnvironment* env, grpc::CallbackServerContext* context,
                  const v1::GenerateRequest* request);

  // On an executor for short work; where the model is not ready, WaitAndOpen goes on on one for waiting.
  void Begin();
  absl::StatusOr<VersionId> PinVersion(const GenerateInput& input) const;
  void WaitAndOpen(const GenerateInput& input, const VersionId& id);
  // `was_ready`: nobody had to wait for the model.
  absl::Status Open(const GenerateInput& input, const ModelHandle& model, bool was_ready);
  StreamIdentity IdentityOf(const ModelHandle& model) const;
  Message Header(const ModelHandle& model, uint64_t replayed_rows) const;
  Message Summary() const;
  void Opened(uint64_t id, Message header);
  void EndUnopened(const absl::Status& status);
  bool Cancelled();
  void Advance();
  void DropQueue() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const RpcEnvironment* const env_;
  grpc::CallbackServerContext* const context_;
  const v1::GenerateRequest* const request_;
  const RpcScope scope_;
  std::shared_ptr<GenerateReactor> self_;

  // Set by Begin before the scheduler knows the stream, constant afterwards.
  StreamSpec spec_;
  StreamIdentity identity_;
  uint64_t first_row_ = 0;

  // Of the chunks so far; the scheduler's thread only.
  uint64_t rows_ = 0, packets_ = 0, octets_ = 0;
  int64_t last_end_ms_ = 0;

  Mutex mutex_;
  std::deque<Message> queue_ ABSL_GUARDED_BY(mutex_);
  uint64_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t stream_ ABSL_GUARDED_BY(mutex_) = 0;  // the scheduler's id; 0: not admitted (yet)
  bool open_ ABSL_GUARDED_BY(mutex_) = false;    // the header is in, or there will be none
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool parked_ ABSL_GUARDED_BY(mutex_) = false;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  bool cancelling_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mutex_);
  std::chrono::steady_clock::time_point write_start_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_RPC_GENERATE_REACTOR_H_
