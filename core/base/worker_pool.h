#ifndef STANFLOW_CORE_BASE_WORKER_POOL_H_
#define STANFLOW_CORE_BASE_WORKER_POOL_H_

#include <cstddef>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "core/base/mutex.h"

namespace stanflow {

// Threads that help one caller with its loops, one loop after the other. The caller works too, so a loop of
// one turn wakes nobody, and a helper that wakes late finds nothing left and costs no waiting. The threads
// stay, since what a thread sets up once (a matrix library's buffers) is dear.
class WorkerPool {
 public:
  // `threads`: those that work, the caller's among them; at least 1.
  explicit WorkerPool(int threads);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  // No Run may be in progress.
  ~WorkerPool();

  int threads() const { return static_cast<int>(helpers_.size()) + 1; }

  // Calls task(0) to task(n - 1), in any order and on several threads at once; returns when all
  // have returned. One caller at a time. A task must not throw: on a helper's thread nobody could catch it.
  void Run(size_t n, absl::FunctionRef<void(size_t)> task);
  // As Run, but starts no further turn after one that failed; answers the first error.
  absl::Status RunUntilError(size_t n, absl::FunctionRef<absl::Status(size_t)> task);

 private:
  void Help();
  void DoTurns() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Mutex mutex_;
  CondVar work_, idle_;
  const absl::FunctionRef<void(size_t)>* task_ ABSL_GUARDED_BY(mutex_) = nullptr;
  size_t count_ ABSL_GUARDED_BY(mutex_) = 0;    // turns of the loop
  size_t next_ ABSL_GUARDED_BY(mutex_) = 0;     // first turn that nobody took
  size_t running_ ABSL_GUARDED_BY(mutex_) = 0;  // turns taken and not returned
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> helpers_;  // set by the constructor only
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_BASE_WORKER_POOL_H_
