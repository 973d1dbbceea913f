#ifndef STANFLOW_TESTS_SUPPORT_MANUAL_CLOCK_H_
#define STANFLOW_TESTS_SUPPORT_MANUAL_CLOCK_H_

#include <atomic>
#include <chrono>
#include <cstdint>

#include "core/base/clock.h"

namespace stanflow {

// A clock that stands still until it is moved, or someone sleeps on it: then it is at the end of the sleep at
// once. Thread-safe.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(int64_t now_ms = 0) : start_ms_(now_ms) {}
  int64_t NowMs() const override { return start_ms_ + advanced_ns_ / 1'000'000; }
  std::chrono::steady_clock::time_point SteadyNow() const override {
    return std::chrono::steady_clock::time_point(std::chrono::nanoseconds(advanced_ns_));
  }
  void SleepUntil(std::chrono::steady_clock::time_point deadline) const override {
    const int64_t at_ns = std::chrono::nanoseconds(deadline.time_since_epoch()).count();
    int64_t now_ns = advanced_ns_;
    while (now_ns < at_ns && !advanced_ns_.compare_exchange_weak(now_ns, at_ns)) {
    }
  }
  void Advance(std::chrono::nanoseconds by) { advanced_ns_ += by.count(); }

 private:
  const int64_t start_ms_;
  mutable std::atomic<int64_t> advanced_ns_{0};
};

}  // namespace stanflow

#endif  // STANFLOW_TESTS_SUPPORT_MANUAL_CLOCK_H_
