#include "core/eval/worker_pool.h"

namespace stanflow {

WorkerPool::WorkerPool(int threads) {
  for (int i = 1; i < threads; ++i) threads_.emplace_back([this] { Loop(); });
}

WorkerPool::~WorkerPool() {
  {
    MutexLock lock(&mutex_);
    stopping_ = true;
    changed_.NotifyAll();
  }
  for (std::thread& thread : threads_) thread.join();
}

absl::Status WorkerPool::Run(size_t count, const std::function<absl::Status(size_t)>& task) {
  MutexLock lock(&mutex_);
  task_ = &task;
  next_ = 0;
  count_ = count;
  status_ = absl::OkStatus();
  changed_.NotifyAll();
  Work();
  while (running_ > 0) changed_.Wait(&mutex_);
  task_ = nullptr;
  return status_;
}

void WorkerPool::Loop() {
  MutexLock lock(&mutex_);
  while (!stopping_) {
    Work();
    if (!stopping_) changed_.Wait(&mutex_);
  }
}

void WorkerPool::Work() {
  while (task_ != nullptr && next_ < count_ && status_.ok()) {
    const size_t index = next_++;
    const auto* task = task_;
    ++running_;
    mutex_.Unlock();
    absl::Status status = (*task)(index);
    mutex_.Lock();
    status_.Update(status);
    if (--running_ == 0) changed_.NotifyAll();
  }
}

}  // namespace stanflow
