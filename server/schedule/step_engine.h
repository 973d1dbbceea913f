#ifndef STANFLOW_SERVER_SCHEDULE_STEP_ENGINE_H_
#define STANFLOW_SERVER_SCHEDULE_STEP_ENGINE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "core/base/clock.h"
#include "core/base/worker_pool.h"
#include "core/generate/generator.h"
#include "server/schedule/active_stream.h"
#include "server/schedule/batch_planner.h"
#include "server/schedule/scheduler_observer.h"

namespace stanflow {

struct StepEngineOptions {
  int threads = 1;           // that step tiles, the caller's among them
  int tiles_per_thread = 4;  // of one step
  double min_tile_fill = 0.5;
};

// The active streams, and one step of all of them: plan, step the tiles, deliver the rows and
// pump the streams. Tiles, and then streams, are shared out to helper threads.
// Not thread-safe: one thread calls; helpers write only what belongs to their tile or stream.
class StepEngine {
 public:
  // `clock` and `observer` outlive it.
  StepEngine(const StepEngineOptions& options, const Clock* clock, SchedulerObserver* observer);

  void Add(std::unique_ptr<ActiveStream> stream);
  // Null where there is none.
  ActiveStream* Find(uint64_t id);
  void Resume(uint64_t id);

  // Some stream can move on, so Step does something.
  bool HasWork() const;
  // Moves every stream on that has a place in the plan, by at most one flow a context. A stream whose
  // tile failed is ended with the tile's status.
  void Step();

  size_t size() const { return entries_.size(); }
  // Calls visit(ActiveStream*) for each stream.
  template <typename Visit>
  void ForEach(Visit visit) {
    for (Entry& entry : entries_) visit(entry.stream.get());
  }
  // Hands over the streams that have ended.
  std::vector<std::unique_ptr<ActiveStream>> TakeEnded();

 private:
  struct Entry {
    std::unique_ptr<ActiveStream> stream;
    uint32_t generator = 0;  // index into generators_
    double credit = 0;       // of the last plan
    bool pump = true;        // joined or resumed: has something to do even without a place in the plan
  };
  // A stream's share of the step: contexts_[first, first + count).
  struct Part {
    ActiveStream* stream;
    size_t first, count;
  };

  BatchPlan Plan();
  void ListGenerators();
  void TakeParts(const BatchPlan& plan);
  void StepTiles(const BatchPlan& plan);
  void DeliverParts();
  void ReportStep(const BatchPlan& plan, std::chrono::nanoseconds step, std::chrono::nanoseconds deliver);

  const PlanLimits limits_;
  const Clock* const clock_;
  SchedulerObserver* const observer_;
  WorkerPool pool_;
  std::vector<Entry> entries_;
  // Those of the streams; listed anew when streams come or go.
  std::vector<const Generator*> generators_;
  std::vector<PlanGenerator> plan_generators_;

  // Of the step in progress; members so that their memory is kept.
  std::vector<PlanStream> plan_streams_;
  std::vector<Context*> contexts_;  // tile after tile
  std::vector<HostRow> rows_;       // theirs
  std::vector<size_t> tile_first_;  // each tile's first context
  std::vector<absl::Status> tile_status_;
  std::vector<Part> parts_;
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_SCHEDULE_STEP_ENGINE_H_
