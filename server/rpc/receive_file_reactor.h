#ifndef STANFLOW_SERVER_RPC_RECEIVE_FILE_REACTOR_H_
#define STANFLOW_SERVER_RPC_RECEIVE_FILE_REACTOR_H_

#include <functional>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/mutex.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"
#include "server/rpc/incoming_file.h"
#include "server/rpc/rpc_environment.h"
#include "server/rpc/rpc_scope.h"

namespace stanflow {

// Takes a header and then the bytes of a file or of several (a message with a oneof of `header` and `data`).
// One message is read at a time, and the next one only after the disk took it: gRPC's flow control slows the
// sender. What breaks off is not kept. Owns itself.
template <typename Request, typename Header>
class ReceiveFileReactor final : public grpc::ServerReadReactor<Request> {
 public:
  // Where the bytes go; null if the call is answered without them.
  using Begun = absl::StatusOr<std::unique_ptr<Incoming>>;
  struct Steps {
    // Checks the header.
    std::function<Begun(const Header&)> begin;
    // All came. Release it if somebody keeps it.
    std::function<absl::Status(const Header&, Incoming*)> end;
  };

  static ReceiveFileReactor* Start(const RpcEnvironment* env, grpc::CallbackServerContext* context,
                                   const char* method, Steps steps) {
    auto* const reactor = new ReceiveFileReactor(env, context, method, std::move(steps));
    reactor->StartRead(&reactor->message_);
    return reactor;
  }

  void OnReadDone(bool ok) override {
    if (!env_->disk->Run([this, ok] { Take(ok); })) End(TooBusy());
  }
  void OnDone() override { delete this; }

 private:
  ReceiveFileReactor(const RpcEnvironment* env, grpc::CallbackServerContext* context, const char* method,
                     Steps steps)
      : env_(env), context_(context), scope_(env, method), steps_(std::move(steps)) {}

  void Take(bool ok) {
    absl::Status status;
    bool more;
    {
      MutexLock lock(&mutex_);
      status = ok ? TakeMessage() : TakeEnd();
      more = ok && status.ok() && file_ != nullptr;
      if (!more) file_.reset();
    }
    if (!more) return End(status);
    this->StartRead(&message_);
  }

  absl::Status TakeMessage() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (message_.part_case() == Request::kHeader) {
      if (file_ != nullptr) return FieldError("header", "came twice");
      header_ = std::move(*message_.mutable_header());
      Begun begun = steps_.begin(header_);
      if (begun.ok()) file_ = *std::move(begun);
      return begun.status();
    }
    if (file_ == nullptr) return FieldError("header", "must be the first message");
    return file_->Append(message_.data());
  }

  absl::Status TakeEnd() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const auto broken_off = absl::CancelledError("the sender broke off; nothing was kept");
    if (context_->IsCancelled()) return broken_off;
    if (file_ == nullptr) return FieldError("header", "must be the first message, but nothing came");
    const absl::Status complete = file_->Complete();
    if (!complete.ok()) return complete;
    // gRPC may tell of a broken connection a little later than of the end of the reads; syncing took a while.
    return context_->IsCancelled() ? broken_off : steps_.end(header_, file_.get());
  }

  // The last thing that is done with this object.
  void End(const absl::Status& status) { this->Finish(scope_.End(status)); }

  const RpcEnvironment* const env_;
  grpc::CallbackServerContext* const context_;
  const RpcScope scope_;
  const Steps steps_;
  Request message_;  // gRPC's while it reads, else the task's
  // Tasks follow one another by way of gRPC; never contended.
  Mutex mutex_;
  Header header_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<Incoming> file_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_RPC_RECEIVE_FILE_REACTOR_H_
