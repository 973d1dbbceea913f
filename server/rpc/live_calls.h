#ifndef STANFLOW_SERVER_RPC_LIVE_CALLS_H_
#define STANFLOW_SERVER_RPC_LIVE_CALLS_H_

#include <chrono>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "core/base/mutex.h"

namespace stanflow {

// A long call that somebody else may have to end.
class LiveCall {
 public:
  virtual ~LiveCall() = default;
  // Ends itself if its reader has taken nothing for too long.
  virtual void CheckStall(std::chrono::steady_clock::time_point now) = 0;
  // The server shuts down. A call that is ended otherwise (the scheduler's streams) does nothing.
  virtual void EndForDrain(const absl::Status& status) = 0;
};

// The long calls in progress. Thread-safe.
class LiveCalls {
 public:
  void Add(const std::shared_ptr<LiveCall>& call);
  void CheckStalls(std::chrono::steady_clock::time_point now);
  // Also ends calls that are added from now on.
  void EndForDrain(const absl::Status& status);

 private:
  std::vector<std::shared_ptr<LiveCall>> Calls();

  Mutex mutex_;
  std::vector<std::weak_ptr<LiveCall>> calls_ ABSL_GUARDED_BY(mutex_);
  absl::Status drained_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_RPC_LIVE_CALLS_H_
