#ifndef STANFLOW_CORE_BASE_CLOCK_H_
#define STANFLOW_CORE_BASE_CLOCK_H_

#include <chrono>
#include <cstdint>

namespace stanflow {

// Time as a parameter, so that tests own it. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // Milliseconds since 1970-01-01T00:00:00Z: what is stored and shown. May jump.
  virtual int64_t NowMs() const = 0;
  // For deadlines within the process. Never jumps.
  virtual std::chrono::steady_clock::time_point SteadyNow() const = 0;
  // Waits until SteadyNow() is `deadline`; not at all if it was. Nothing ends the wait before. On the
  // machine's clock unless a clock has a way of its own.
  virtual void SleepUntil(std::chrono::steady_clock::time_point deadline) const;

  // The machine's clock; lives for ever.
  static const Clock& Real();
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_BASE_CLOCK_H_
