#ifndef STANFLOW_CORE_EVAL_WORKER_POOL_H_
#define STANFLOW_CORE_EVAL_WORKER_POOL_H_

#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "core/base/mutex.h"

namespace stanflow {

// Threads for loops that come one after another. They stay, since what a thread sets up once
// (a matrix library's buffers) is dear. One Run at a time.
class WorkerPool {
 public:
  // `threads` in all, the caller's among them; at least 1.
  explicit WorkerPool(int threads);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  ~WorkerPool();

  // Calls task(0) ... task(count - 1), in any order and on any thread; returns when all are
  // done. After a first error no further one is started; that error is returned.
  absl::Status Run(size_t count, const std::function<absl::Status(size_t)>& task);

 private:
  void Loop();
  // Takes tasks until none is left.
  void Work() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  std::vector<std::thread> threads_;
  Mutex mutex_;
  CondVar changed_;
  const std::function<absl::Status(size_t)>* task_ ABSL_GUARDED_BY(mutex_) = nullptr;
  size_t next_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t count_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t running_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_WORKER_POOL_H_
