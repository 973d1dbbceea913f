#ifndef STANFLOW_TESTS_SERVER_JOBS_FAKE_LAUNCHER_H_
#define STANFLOW_TESTS_SERVER_JOBS_FAKE_LAUNCHER_H_

#include <memory>
#include <string>
#include <vector>

#include "server/jobs/worker_launcher.h"
#include "server/jobs/worker_protocol.h"

namespace stanflow {

// A worker that does what the test says.
struct FakeWorker {
  WorkerCommand command;
  WorkerCallbacks callbacks;
  bool terminated = false;
  bool killed = false;

  void Line(const std::string& line) { callbacks.line(line); }
  void Exit(WorkerExit code) {
    WorkerEnd end;
    end.exit_code = static_cast<int>(code);
    callbacks.ended(end);
  }
  void DieOf(int signal) {
    WorkerEnd end;
    end.signal = signal;
    callbacks.ended(end);
  }
};

class FakeLauncher : public WorkerLauncher {
 public:
  absl::StatusOr<std::unique_ptr<WorkerProcess>> Launch(const WorkerCommand& command,
                                                        WorkerCallbacks callbacks) override {
    if (!next_error.ok()) return next_error;
    workers.push_back(std::make_shared<FakeWorker>(FakeWorker{command, std::move(callbacks)}));
    return std::make_unique<Process>(workers.back());
  }

  FakeWorker& newest() { return *workers.back(); }

  absl::Status next_error;
  std::vector<std::shared_ptr<FakeWorker>> workers;

 private:
  class Process : public WorkerProcess {
   public:
    explicit Process(std::shared_ptr<FakeWorker> worker) : worker_(std::move(worker)) {}
    void Terminate() override { worker_->terminated = true; }
    void Kill() override { worker_->killed = true; }

   private:
    const std::shared_ptr<FakeWorker> worker_;
  };
};

}  // namespace stanflow

#endif  // STANFLOW_TESTS_SERVER_JOBS_FAKE_LAUNCHER_H_
