#include "core/base/executor.h"

#include <utility>

namespace stanflow {

Executor::~Executor() {
  std::vector<std::thread> threads;
  {
    MutexLock lock(&mutex_);
    stopping_ = true;
    threads.swap(threads_);
    work_.NotifyAll();
  }
  for (std::thread& thread : threads) thread.join();
}

bool Executor::Run(std::function<void()> task) {
  MutexLock lock(&mutex_);
  if (queue_.size() >= options_.max_queued) return false;
  queue_.push_back(std::move(task));
  // A task that a stopping executor's own tasks add is run by the thread that added it, at the latest.
  if (queue_.size() > idle_ && threads_.size() < options_.max_threads && !stopping_) {
    threads_.emplace_back([this] { Loop(); });
  }
  work_.NotifyOne();
  return true;
}

void Executor::Loop() {
  for (;;) {
    std::function<void()> task;
    {
      MutexLock lock(&mutex_);
      ++idle_;
      while (queue_.empty() && !stopping_) work_.Wait(&mutex_);
      --idle_;
      if (queue_.empty()) return;
      task = std::move(queue_.front());
      queue_.pop_front();
    }
    task();
  }
}

}  // namespace stanflow
