#ifndef STANFLOW_CORE_EXPORT_PACER_H_
#define STANFLOW_CORE_EXPORT_PACER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "core/base/clock.h"
#include "core/flow/flow.h"

namespace stanflow {

// How fast flows leave.
struct Pace {
  enum class Kind {
    kUnlimited,  // as fast as they are taken
    kSpeed,      // as their ends lie apart, `factor` times as fast: bursts and the day's shape stay
    kRate,       // `factor` flows a second, evenly, whatever their times
  };
  Kind kind = Kind::kUnlimited;
  double factor = 1;
};
inline constexpr double kLeastSpeed = 0.001, kMostSpeed = 1e6;  // 1 is real time
inline constexpr double kLeastRate = 0.001, kMostRate = 1e9;    // flows a second

// INVALID_ARGUMENT, naming speed or rate, unless the factor is within those.
absl::Status CheckPace(const Pace& pace);

// When flows are due, as time since the first one left. Immutable.
class PaceSchedule {
 public:
  // `first_end_ms`: end of the first flow.
  PaceSchedule(const Pace& pace, int64_t first_end_ms) : pace_(pace), first_end_ms_(first_end_ms) {}
  // Of the flow `index` (0 is the first), which ends at `end_ms`. Computed from the first flow, never from
  // the one before, so that nothing adds up. A flow that ends before the first one is due at once.
  std::chrono::nanoseconds DueAt(uint64_t index, int64_t end_ms) const;

 private:
  const Pace pace_;
  const int64_t first_end_ms_;
};

struct PacerOptions {
  Pace pace;
  // Flows that become due within one wait together for its end: so many wake-ups a second at most, and so
  // late at least. Short, because what leaves together must fit into the collector's socket buffer.
  std::chrono::nanoseconds quantum = std::chrono::milliseconds(2);
  // Longest time without a look at stop_requested.
  std::chrono::nanoseconds stop_check = std::chrono::milliseconds(100);
  // Asked while waiting; once it answers true, Next answers 0.
  std::function<bool()> stop_requested = [] { return false; };
  // Told for each run of flows that leave together: how many seconds after they were due the first (the
  // latest of them) leaves, and how many flows they are. Never for kUnlimited, which is never late.
  std::function<void(double seconds, size_t flows)> on_lateness = [](double, size_t) {};
};

// Holds flows back until they are due, in their order, never early. The clock starts with the first flow.
//
// If the caller was away (a sink that took nothing), the flows that became due meanwhile leave at twice the
// pace until it is caught up: all at once they would be more than a collector's socket buffer holds. A pause
// is never skipped and never shifts what follows. Not safe for concurrent use.
class Pacer {
 public:
  // `clock` outlives the pacer. The options' pace is a checked one.
  Pacer(PacerOptions options, const Clock* clock) : options_(std::move(options)), clock_(clock) {}

  // Waits until the flow at row `begin` of `flows` is due, and answers how many rows from there on may leave:
  // at least one, or 0 if it was stopped. Rows are given in the stream's order, each once; `begin` is a row
  // of `flows`.
  size_t Next(const FlowTable& flows, size_t begin);

  // How long Next would wait for that row; 0 if it is due, or none has left yet. For a caller that has
  // something to finish first.
  std::chrono::nanoseconds TimeToNext(const FlowTable& flows, size_t begin) const;

 private:
  using Time = std::chrono::steady_clock::time_point;

  Time Due(const FlowTable& flows, size_t row, size_t begin) const;
  void Look(std::chrono::nanoseconds most);
  bool WaitUntil(Time due);

  const PacerOptions options_;
  const Clock* const clock_;
  std::optional<PaceSchedule> schedule_;  // with the first flow
  Time start_;
  // How far the schedule has got, and when that was looked at; the former is behind while something is late.
  Time reached_, seen_;
  uint64_t released_ = 0;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_PACER_H_
