#ifndef STANFLOW_CORE_BASE_EXECUTOR_H_
#define STANFLOW_CORE_BASE_EXECUTOR_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "core/base/mutex.h"

namespace stanflow {

struct ExecutorOptions {
  // Threads at most; they are started when work waits and none is idle.
  size_t max_threads = 4;
  // Tasks that may wait for a thread: bounds memory, and tells callers early that they come too late.
  size_t max_queued = 1024;
};

// Runs tasks that may block, in order of arrival, on threads of its own. Thread-safe.
// The destructor runs what is queued and joins: nothing may call Run by then but the tasks.
class Executor {
 public:
  explicit Executor(ExecutorOptions options = {}) : options_(options) {}
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // False, and the task is dropped, if too many wait already.
  bool Run(std::function<void()> task);

 private:
  void Loop();

  const ExecutorOptions options_;
  Mutex mutex_;
  CondVar work_;
  std::deque<std::function<void()>> queue_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_ ABSL_GUARDED_BY(mutex_);
  size_t idle_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_BASE_EXECUTOR_H_
