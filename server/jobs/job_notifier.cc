#include "server/jobs/job_notifier.h"

#include <algorithm>

namespace stanflow {

uint64_t JobNotifier::Subscribe(const std::string& id, std::function<void()> changed) {
  auto subscription = std::make_shared<Subscription>();
  subscription->id = id;
  subscription->changed = std::move(changed);
  MutexLock lock(&mutex_);
  subscription->number = ++last_;
  subscriptions_[last_] = std::move(subscription);
  return last_;
}

bool JobNotifier::OthersRun(const Subscription& subscription) const {
  return std::any_of(subscription.running.begin(), subscription.running.end(),
                     [](std::thread::id thread) { return thread != std::this_thread::get_id(); });
}

void JobNotifier::Unsubscribe(uint64_t number) {
  MutexLock lock(&mutex_);
  const auto it = subscriptions_.find(number);
  if (it == subscriptions_.end()) return;
  const std::shared_ptr<Subscription> subscription = it->second;
  subscriptions_.erase(it);
  while (OthersRun(*subscription)) ended_.Wait(&mutex_);
}

void JobNotifier::Notify(const std::string& id) {
  std::vector<uint64_t> numbers;
  {
    MutexLock lock(&mutex_);
    for (const auto& entry : subscriptions_) {
      if (entry.second->id == id) numbers.push_back(entry.first);
    }
  }
  for (uint64_t number : numbers) {
    std::shared_ptr<Subscription> subscription;
    {
      // Looked up again: a callback may have ended this one.
      MutexLock lock(&mutex_);
      const auto it = subscriptions_.find(number);
      if (it == subscriptions_.end()) continue;
      subscription = it->second;
      subscription->running.push_back(std::this_thread::get_id());
    }
    subscription->changed();
    MutexLock lock(&mutex_);
    auto& running = subscription->running;
    running.erase(std::find(running.begin(), running.end(), std::this_thread::get_id()));
    ended_.NotifyAll();
  }
}

}  // namespace stanflow
