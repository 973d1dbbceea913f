#ifndef STANFLOW_SERVER_APP_APP_H_
#define STANFLOW_SERVER_APP_APP_H_

#include <memory>

#include "absl/status/statusor.h"
#include "core/base/clock.h"
#include "server/app/config.h"
#include "server/app/engine.h"

namespace stanflow {

// The server, put together: owns everything that lives as long as it does. Its functions are called by one
// thread.
class App {
 public:
  // Locks the data folder, hands back the jobs of a server that died, and answers once calls are taken.
  // FAILED_PRECONDITION where the folder or a port is another's ("data_dir: ...", "listen: ...").
  static absl::StatusOr<std::unique_ptr<App>> Start(const ServerConfig& config, Engine engine,
                                                    const Clock* clock);
  // Drains with no time left, unless drained.
  ~App();

  // Ports that were bound (the configuration may say 0).
  int port() const;
  int metrics_port() const;

  // NOT_SERVING; no new work; streams may finish and workers write checkpoints for shutdown.drain_seconds;
  // then streams end with UNAVAILABLE (their readers hold a resume token) and jobs go back to the queue.
  void Drain();

 private:
  struct Rep;
  explicit App(std::unique_ptr<Rep> rep);
  std::unique_ptr<Rep> rep_;
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_APP_APP_H_
