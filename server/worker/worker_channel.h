#ifndef STANFLOW_SERVER_WORKER_WORKER_CHANNEL_H_
#define STANFLOW_SERVER_WORKER_WORKER_CHANNEL_H_

#include <chrono>
#include <optional>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "server/jobs/collection_report.h"
#include "server/jobs/job.h"
#include "server/jobs/sink_report.h"

namespace stanflow {

// Decides which progress is worth an event: each change of phase, attribute or epoch, else two a second (the
// server syncs every event to its disk, and nobody reads faster). Not safe for concurrent use.
class ProgressThinner {
 public:
  static constexpr std::chrono::milliseconds kInterval{500};
  bool Passes(const JobProgress& progress, std::chrono::steady_clock::time_point now);

 private:
  std::optional<JobProgress> last_;
  std::chrono::steady_clock::time_point last_time_;
};

// The worker's way to its server: lines on a descriptor, a heartbeat every kHeartbeat from a thread of its
// own. Thread-safe. A line that can't be written ends the process: the server is gone.
class WorkerChannel {
 public:
  // A small part of the shortest lease (10 s), so that a few may be late.
  static constexpr std::chrono::seconds kHeartbeat{2};

  // Takes over `fd`.
  WorkerChannel(int fd, const Clock* clock);
  ~WorkerChannel();

  void Progress(const JobProgress& progress);
  void Sink(const SinkReport& report);
  void Collection(const CollectionReport& report);
  void Publish();
  void Error(const absl::Status& error);

 private:
  void Beat();
  void Write(std::string line) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const int fd_;
  const Clock* const clock_;
  Mutex mutex_;
  CondVar closing_changed_;
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  ProgressThinner thinner_ ABSL_GUARDED_BY(mutex_);
  std::thread heart_;
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_WORKER_WORKER_CHANNEL_H_
