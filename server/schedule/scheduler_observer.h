#ifndef STANFLOW_SERVER_SCHEDULE_SCHEDULER_OBSERVER_H_
#define STANFLOW_SERVER_SCHEDULE_SCHEDULER_OBSERVER_H_

#include <chrono>
#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace stanflow {

struct StepStats {
  uint32_t tiles = 0;
  uint32_t contexts = 0;  // stepped: flows made
  // Contexts that the tiles could have held for what they cost; contexts / tile_places is the occupancy.
  uint32_t tile_places = 0;
  std::chrono::nanoseconds step_time{0};     // of the generators
  std::chrono::nanoseconds deliver_time{0};  // ordering, sinks and saving of snapshots
};

// What the scheduler holds at a moment.
struct SchedulerLoad {
  int streams = 0;       // admitted, parked ones too
  int64_t contexts = 0;  // of them
  int parked = 0;        // streams that wait for their readers
};

// Hears what the scheduler and its snapshot store do; the base class ignores it. Calls come
// from several threads at once, hold no lock, and must be short.
class SchedulerObserver {
 public:
  virtual ~SchedulerObserver() = default;

  virtual void OnStep(const StepStats& step) {}
  // After every change, in order. A stream that ends is gone from it before its sink's Finish.
  virtual void OnLoad(const SchedulerLoad& load) {}
  // From Start to a stream's first chunk; a resumed one may have to make flows again first.
  virtual void OnFirstFlow(std::chrono::nanoseconds wait, bool resumed) {}
  // A stream has sat out for its reader for so long.
  virtual void OnUnparked(std::chrono::nanoseconds time) {}
  virtual void OnFlowsSent(uint64_t flows) {}
  // A resumed stream had to make so many flows again.
  virtual void OnReplay(uint64_t flows) {}
  virtual void OnStreamEnd(const absl::Status& status) {}

  // `time`: of the writing thread.
  virtual void OnSnapshotWritten(uint64_t bytes, std::chrono::nanoseconds time) {}
  // Not taken, because it is too large or the disk is behind, or removed before its time because
  // the room on disk is needed for newer ones; `why` says which.
  virtual void OnSnapshotSkipped(const std::string& key, uint64_t row, const char* why) {}
  virtual void OnSnapshotFailed(const absl::Status& status) {}
  // Passed over when a stream was resumed; `why` names the file.
  virtual void OnSnapshotDamaged(const absl::Status& why) {}

  // Ignores everything; lives as long as the process.
  static SchedulerObserver* None() {
    static SchedulerObserver none;
    return &none;
  }
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_SCHEDULE_SCHEDULER_OBSERVER_H_
