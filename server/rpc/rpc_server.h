#ifndef STANFLOW_SERVER_RPC_RPC_SERVER_H_
#define STANFLOW_SERVER_RPC_RPC_SERVER_H_

#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/mutex.h"
#include "server/rpc/rpc_environment.h"

namespace grpc {
class Server;
}

namespace stanflow {

struct RpcServerOptions {
  // "HOST:PORT"; port 0 takes a free one.
  std::string listen = "127.0.0.1:50551";
  // Largest message that is read, bytes: room for a 4 MiB piece of an upload and its header.
  int max_receive_bytes = 8 << 20;
};

// The gRPC server: the four services, grpc.health.v1, reflection. SERVING from Start to BeginDrain. Its
// functions are called by one thread.
class RpcServer {
 public:
  // FAILED_PRECONDITION where the address can't be had. `env`'s executors and `live` are set by this; all
  // else it points to outlives the server.
  static absl::StatusOr<std::unique_ptr<RpcServer>> Start(const RpcServerOptions& options,
                                                          RpcEnvironment env);
  // Shutdown with no time left.
  ~RpcServer();

  int port() const { return port_; }
  const RpcEnvironment& env() const;

  // NOT_SERVING from now on; ends the calls that wait for something (WatchJob) with UNAVAILABLE. Generate's
  // streams are the scheduler's to end.
  void BeginDrain();
  // Takes no call any more, lets those in progress end until `deadline`, then breaks them off. Returns when
  // none is left.
  void Shutdown(std::chrono::system_clock::time_point deadline);

 private:
  struct Rep;
  RpcServer();
  void SetServing(bool serving);
  void WatchStalls();

  std::unique_ptr<Rep> rep_;
  int port_ = 0;
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_RPC_RPC_SERVER_H_
