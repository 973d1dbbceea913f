#ifndef STANFLOW_SERVER_JOBS_WORKER_LAUNCHER_H_
#define STANFLOW_SERVER_JOBS_WORKER_LAUNCHER_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/jobs/job.h"

namespace stanflow {

struct WorkerCommand {
  JobKind kind = JobKind::kTrain;
  std::string job_folder;  // holds spec.json
  uint32_t attempt = 1;
  bool cancelled = false;  // the job was cancelled: it is asked to stop from its first moment on
};

// How a worker ended: by itself with an exit code (WorkerExit), or by a signal.
struct WorkerEnd {
  int exit_code = 0;
  int signal = 0;  // 0: by itself
};

// Called from a thread of the launcher's, one call at a time for a worker; may block (the worker waits then).
struct WorkerCallbacks {
  std::function<void(std::string_view line)> line;  // of its standard output, without the newline
  std::function<void(const WorkerEnd& end)> ended;  // once, after the last line
};

// A worker that runs. Calls after its end do nothing. Destruction kills it if it still runs, and returns when
// no callback runs or comes any more.
class WorkerProcess {
 public:
  virtual ~WorkerProcess() = default;
  virtual void Terminate() = 0;  // asks it to stop (SIGTERM)
  virtual void Kill() = 0;       // makes it stop (SIGKILL)
};

// Starts workers. An interface, so that the runner can be tested without processes. Launch is called from one
// thread, which must live as long as the workers: they die with the thread that started them.
class WorkerLauncher {
 public:
  virtual ~WorkerLauncher() = default;
  // No callback comes after an error.
  virtual absl::StatusOr<std::unique_ptr<WorkerProcess>> Launch(const WorkerCommand& command,
                                                                WorkerCallbacks callbacks) = 0;
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_JOBS_WORKER_LAUNCHER_H_
