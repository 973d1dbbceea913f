#include "core/base/clock.h"

#include <thread>

namespace stanflow {
namespace {

class RealClock : public Clock {
 public:
  int64_t NowMs() const override {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
  }
  std::chrono::steady_clock::time_point SteadyNow() const override {
    return std::chrono::steady_clock::now();
  }
};

}  // namespace

void Clock::SleepUntil(std::chrono::steady_clock::time_point deadline) const {
  std::this_thread::sleep_for(deadline - SteadyNow());
}

const Clock& Clock::Real() {
  static const RealClock clock;
  return clock;
}

}  // namespace stanflow
