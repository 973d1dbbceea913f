#include "server/rpc/live_calls.h"

#include <algorithm>

namespace stanflow {

void LiveCalls::Add(const std::shared_ptr<LiveCall>& call) {
  absl::Status drained;
  {
    MutexLock lock(&mutex_);
    // Ended ones are swept whenever the list would grow, so that it stays as long as what lives.
    if (calls_.size() == calls_.capacity()) {
      calls_.erase(std::remove_if(calls_.begin(), calls_.end(), [](const auto& c) { return c.expired(); }),
                   calls_.end());
    }
    calls_.push_back(call);
    drained = drained_;
  }
  if (!drained.ok()) call->EndForDrain(drained);
}

std::vector<std::shared_ptr<LiveCall>> LiveCalls::Calls() {
  std::vector<std::shared_ptr<LiveCall>> calls;
  MutexLock lock(&mutex_);
  for (const auto& weak : calls_) {
    if (auto call = weak.lock()) calls.push_back(std::move(call));
  }
  return calls;
}

void LiveCalls::CheckStalls(std::chrono::steady_clock::time_point now) {
  for (const auto& call : Calls()) call->CheckStall(now);
}

void LiveCalls::EndForDrain(const absl::Status& status) {
  {
    MutexLock lock(&mutex_);
    drained_ = status;
  }
  for (const auto& call : Calls()) call->EndForDrain(status);
}

}  // namespace stanflow
