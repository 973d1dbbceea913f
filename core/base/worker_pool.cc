#include "core/base/worker_pool.h"

namespace stanflow {

WorkerPool::WorkerPool(int threads) {
  for (int i = 1; i < threads; ++i) helpers_.emplace_back([this] { Help(); });
}

WorkerPool::~WorkerPool() {
  {
    MutexLock lock(&mutex_);
    stop_ = true;
    work_.NotifyAll();
  }
  for (std::thread& helper : helpers_) helper.join();
}

void WorkerPool::Run(size_t n, absl::FunctionRef<void(size_t)> task) {
  if (helpers_.empty() || n <= 1) {
    for (size_t i = 0; i < n; ++i) task(i);
    return;
  }
  MutexLock lock(&mutex_);
  task_ = &task;
  count_ = n;
  next_ = 0;
  work_.NotifyAll();
  DoTurns();
  while (running_ > 0) idle_.Wait(&mutex_);
}

absl::Status WorkerPool::RunUntilError(size_t n, absl::FunctionRef<absl::Status(size_t)> task) {
  Mutex mutex;
  absl::Status first;
  Run(n, [&](size_t i) {
    {
      MutexLock lock(&mutex);
      if (!first.ok()) return;
    }
    const absl::Status status = task(i);
    MutexLock lock(&mutex);
    first.Update(status);
  });
  return first;
}

void WorkerPool::DoTurns() {
  while (next_ < count_) {
    const size_t turn = next_++;
    const auto& task = *task_;
    ++running_;
    mutex_.Unlock();
    task(turn);
    mutex_.Lock();
    if (--running_ == 0) idle_.NotifyOne();
  }
}

void WorkerPool::Help() {
  MutexLock lock(&mutex_);
  while (!stop_) {
    DoTurns();
    if (!stop_) work_.Wait(&mutex_);
  }
}

}  // namespace stanflow
