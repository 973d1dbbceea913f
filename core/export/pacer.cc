#include "core/export/pacer.h"

#include <algorithm>

#include "core/base/strings.h"

namespace stanflow {
namespace {

using std::chrono::nanoseconds;

// 146 years: further off than any stream's end, and the sum with a start does not overflow.
constexpr double kMostNanoseconds = 4.6e18;

// How many times as fast as the pace what is late is caught up, and how much of a caller's absence is made up
// for at once: as much as handing over a batch takes.
constexpr int kCatchUp = 2;
constexpr nanoseconds kAbsence = std::chrono::milliseconds(20);

absl::Status CheckFactor(std::string_view name, double factor, double least, double most) {
  if (factor >= least && factor <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(StrCat(name, ": ", factor, " is not from ", least, " to ", most));
}

nanoseconds FromNanoseconds(double count) {
  return nanoseconds(static_cast<int64_t>(std::clamp(count, 0.0, kMostNanoseconds)));
}

// The end of the quantum that holds `since_start`.
nanoseconds RoundUp(nanoseconds since_start, nanoseconds quantum) {
  return (since_start + quantum - nanoseconds(1)) / quantum * quantum;
}

}  // namespace

absl::Status CheckPace(const Pace& pace) {
  switch (pace.kind) {
    case Pace::Kind::kUnlimited:
      return absl::OkStatus();
    case Pace::Kind::kSpeed:
      return CheckFactor("speed", pace.factor, kLeastSpeed, kMostSpeed);
    case Pace::Kind::kRate:
      return CheckFactor("rate", pace.factor, kLeastRate, kMostRate);
  }
  return absl::InternalError("no such pace");
}

nanoseconds PaceSchedule::DueAt(uint64_t index, int64_t end_ms) const {
  switch (pace_.kind) {
    case Pace::Kind::kUnlimited:
      break;
    case Pace::Kind::kSpeed:
      return FromNanoseconds(static_cast<double>(end_ms - first_end_ms_) * 1e6 / pace_.factor);
    case Pace::Kind::kRate:
      return FromNanoseconds(static_cast<double>(index) * 1e9 / pace_.factor);
  }
  return nanoseconds(0);
}

Pacer::Time Pacer::Due(const FlowTable& flows, size_t row, size_t begin) const {
  return start_ + schedule_->DueAt(released_ + (row - begin), flows.end_ms[row]);
}

size_t Pacer::Next(const FlowTable& flows, size_t begin) {
  if (options_.stop_requested()) return 0;
  if (options_.pace.kind == Pace::Kind::kUnlimited) return flows.size() - begin;
  if (!schedule_) {
    schedule_.emplace(options_.pace, flows.end_ms[begin]);
    start_ = reached_ = seen_ = clock_->SteadyNow();
  }
  const Time due = Due(flows, begin, begin);
  Look(kAbsence);
  if (!WaitUntil(due)) return 0;
  size_t end = begin + 1;
  while (end < flows.size() && Due(flows, end, begin) <= reached_) ++end;
  options_.on_lateness(std::chrono::duration<double>(seen_ - due).count(), end - begin);
  released_ += end - begin;
  return end - begin;
}

nanoseconds Pacer::TimeToNext(const FlowTable& flows, size_t begin) const {
  if (!schedule_) return nanoseconds(0);
  const Time due = Due(flows, begin, begin);
  const bool late = reached_ < seen_;
  const nanoseconds left = late ? nanoseconds(due - reached_) / kCatchUp : due - clock_->SteadyNow();
  return std::max(left, nanoseconds(0));
}

// Time has passed since the last look; at most so much of it counts.
void Pacer::Look(nanoseconds most) {
  const Time now = clock_->SteadyNow();
  reached_ = std::min<Time>(now, reached_ + kCatchUp * std::min<nanoseconds>(now - seen_, most));
  seen_ = now;
}

bool Pacer::WaitUntil(Time due) {
  while (reached_ < due) {
    if (options_.stop_requested()) return false;
    const bool late = reached_ < seen_;
    const Time wake = late ? seen_ + options_.quantum : start_ + RoundUp(due - start_, options_.quantum);
    clock_->SleepUntil(std::min<Time>(wake, seen_ + options_.stop_check));
    Look(nanoseconds::max());
  }
  return true;
}

}  // namespace stanflow
