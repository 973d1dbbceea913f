#ifndef STANFLOW_TESTS_SUPPORT_MANUAL_CLOCK_H_
#define STANFLOW_TESTS_SUPPORT_MANUAL_CLOCK_H_

#include <atomic>
#include <chrono>
#include <cstdint>

#include "core/base/clock.h"

namespace stanflow {

// A clock that stands still until it is moved. Thread-safe.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(int64_t now_ms = 0) : start_ms_(now_ms) {}
  int64_t NowMs() const override { return start_ms_ + advanced_ms_; }
  std::chrono::steady_clock::time_point SteadyNow() const override {
    return std::chrono::steady_clock::time_point(std::chrono::milliseconds(advanced_ms_));
  }
  void Advance(std::chrono::milliseconds by) { advanced_ms_ += by.count(); }

 private:
  const int64_t start_ms_;
  std::atomic<int64_t> advanced_ms_{0};
};

}  // namespace stanflow

#endif  // STANFLOW_TESTS_SUPPORT_MANUAL_CLOCK_H_
