#ifndef STANFLOW_SERVER_JOBS_PROCESS_LAUNCHER_H_
#define STANFLOW_SERVER_JOBS_PROCESS_LAUNCHER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/jobs/worker_launcher.h"

namespace stanflow {

struct ProcessLauncherOptions {
  // The worker program; empty: `stanflow-worker` beside the running program.
  std::string program;
  std::string data_dir;
  // Compute threads of a worker; 0: one a core. Serving may use all cores too: workers run at a lower
  // priority (nice 10), so that they get what serving leaves; but for those that serve: streams.
  int threads = 0;
  // Where training and scoring compute: the first device that the server itself uses.
  std::string device = "cpu";
  // Address of the server for the jobs that call it, asked at each start. Empty: none does.
  std::function<std::string()> server;
};

// Starts worker processes by posix_spawn (never a bare fork: the server has threads), with none of the
// server's open files, with default signals, in a process group of their own (Ctrl-C reaches the server
// only). Standard error is appended to `<job_folder>/worker.log`. Sets SIGCHLD of this process to its
// default, or no worker's end could be learned. NOT_FOUND if there is no such program.
absl::StatusOr<std::unique_ptr<WorkerLauncher>> MakeProcessLauncher(const ProcessLauncherOptions& options);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_JOBS_PROCESS_LAUNCHER_H_
