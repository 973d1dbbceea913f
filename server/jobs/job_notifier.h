#ifndef STANFLOW_SERVER_JOBS_JOB_NOTIFIER_H_
#define STANFLOW_SERVER_JOBS_JOB_NOTIFIER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/base/mutex.h"

namespace stanflow {

// Tells those who watch a job that it has new events. Thread-safe. Callbacks run in the notifying thread,
// without locks held, and may call anything here.
class JobNotifier {
 public:
  uint64_t Subscribe(const std::string& id, std::function<void()> changed);
  // No call is running or comes any more when this returns (but the one that this is called from).
  void Unsubscribe(uint64_t subscription);
  void Notify(const std::string& id);

 private:
  struct Subscription {
    uint64_t number = 0;
    std::string id;
    std::function<void()> changed;
    std::vector<std::thread::id> running;  // guarded by mutex_ of the notifier
  };

  bool OthersRun(const Subscription& subscription) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Mutex mutex_;
  CondVar ended_;
  uint64_t last_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<uint64_t, std::shared_ptr<Subscription>> subscriptions_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_JOBS_JOB_NOTIFIER_H_
