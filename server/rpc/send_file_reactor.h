#ifndef STANFLOW_SERVER_RPC_SEND_FILE_REACTOR_H_
#define STANFLOW_SERVER_RPC_SEND_FILE_REACTOR_H_

#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "core/base/file.h"
#include "core/base/mutex.h"
#include "core/base/strings.h"
#include "grpcpp/support/server_callback.h"
#include "server/rpc/rpc_environment.h"
#include "server/rpc/rpc_scope.h"

namespace stanflow {

// Sends a file as messages with a `data` field, one in flight. Owns itself; the executor opens and reads, one
// task at a time.
template <typename Chunk>
class SendFileReactor final : public grpc::ServerWriteReactor<Chunk> {
 public:
  // `find` answers the file's path, on an executor. With `remove` its name is taken away once it is open.
  static SendFileReactor* Start(const RpcEnvironment* env, const char* method, bool remove,
                                std::function<absl::StatusOr<std::string>()> find) {
    auto* const reactor = new SendFileReactor(env, method);
    reactor->Queue([reactor, remove, find = std::move(find)] { reactor->Open(remove, find); });
    return reactor;
  }

  void OnWriteDone(bool ok) override {
    if (!ok) return End(absl::CancelledError("the reader is gone"));
    Queue([this] { Send(); });
  }
  void OnDone() override { delete this; }

 private:
  static constexpr size_t kChunkBytes = 256 << 10;

  SendFileReactor(const RpcEnvironment* env, const char* method)
      : env_(env), scope_(env, method), file_(nullptr, std::fclose) {}

  void Queue(std::function<void()> task) {
    if (!env_->disk->Run(std::move(task))) End(TooBusy());
  }

  void Open(bool remove, const std::function<absl::StatusOr<std::string>()>& find) {
    const absl::StatusOr<std::string> path = find();
    const absl::Status opened = path.ok() ? OpenFile(*path) : path.status();
    if (remove && path.ok()) std::remove(path->c_str());
    if (!opened.ok()) return End(opened);
    Send();
  }

  absl::Status OpenFile(const std::string& path) {
    MutexLock lock(&mutex_);
    path_ = path;
    file_.reset(std::fopen(path.c_str(), "rb"));
    return file_ == nullptr ? ErrnoToStatus(errno, "open", path) : absl::OkStatus();
  }

  void Send() {
    std::string* const data = chunk_.mutable_data();
    data->resize(kChunkBytes);
    absl::Status status;
    {
      MutexLock lock(&mutex_);
      data->resize(std::fread(data->data(), 1, kChunkBytes, file_.get()));
      if (std::ferror(file_.get()) != 0) status = ErrnoToStatus(errno, "read", path_);
    }
    if (!status.ok() || data->empty()) return End(status);
    this->StartWrite(&chunk_);
  }

  // The last thing that is done with this object.
  void End(const absl::Status& status) { this->Finish(scope_.End(status)); }

  const RpcEnvironment* const env_;
  const RpcScope scope_;
  Chunk chunk_;  // gRPC's while it writes, else the task's
  // Tasks follow one another by way of gRPC; never contended.
  Mutex mutex_;
  std::string path_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_RPC_SEND_FILE_REACTOR_H_
