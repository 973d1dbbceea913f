#include "core/study/running_ways.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "core/base/status_macros.h"
#include "core/base/worker_pool.h"

namespace stanflow {
namespace {

// One context at work, and what it has made.
struct Lane {
  const RealSequence* real;
  std::unique_ptr<Context> context;
  RunSequence* out;
};

// Moves a tile of lanes on together. Lanes end at different lengths; who has ended leaves.
class LaneRunner {
 public:
  LaneRunner(const Generator& generator, const RunningOptions& options)
      : generator_(generator), options_(options) {}

  absl::Status Run(RunningWay way, std::vector<Lane> lanes) {
    if (way == RunningWay::kOneStepAhead) return OneStepAhead(std::move(lanes));
    if (way == RunningWay::kFromWindow) {
      for (size_t r = 0; r < options_.window_rows; ++r) {
        STANFLOW_RETURN_IF_ERROR(Follow(lanes, r));
        for (Lane& lane : lanes) lane.out->window.push_back(lane.real->rows[r]);
      }
    }
    return RunFree(std::move(lanes));
  }

 private:
  absl::Status RunFree(std::vector<Lane> lanes) {
    for (size_t step = 0; !lanes.empty(); ++step) {
      STANFLOW_RETURN_IF_ERROR(CheckStop(step));
      std::vector<Context*> contexts;
      for (Lane& lane : lanes) contexts.push_back(lane.context.get());
      STANFLOW_RETURN_IF_ERROR(Draw(contexts, lanes));
      std::vector<Lane> going;
      for (Lane& lane : lanes) {
        const bool over = lane.out->rows.back().end_ms >= lane.real->end_ms;
        if (over) lane.out->rows.pop_back();
        if (!over && lane.out->Position(lane.out->rows.size()) < options_.max_rows)
          going.push_back(std::move(lane));
      }
      lanes = std::move(going);
    }
    return absl::OkStatus();
  }

  absl::Status OneStepAhead(std::vector<Lane> lanes) {
    // The longest first, so that those still at work are a prefix.
    std::stable_sort(lanes.begin(), lanes.end(),
                     [](const Lane& a, const Lane& b) { return a.real->rows.size() > b.real->rows.size(); });
    for (size_t r = 0;; ++r) {
      while (!lanes.empty() && lanes.back().real->rows.size() <= r) lanes.pop_back();
      if (lanes.empty()) return absl::OkStatus();
      STANFLOW_RETURN_IF_ERROR(CheckStop(r));
      std::vector<std::unique_ptr<Context>> copies;
      std::vector<Context*> contexts;
      for (Lane& lane : lanes) {
        copies.push_back(lane.context->Copy());
        contexts.push_back(copies.back().get());
        lane.out->truth.push_back(lane.real->rows[r]);
      }
      STANFLOW_RETURN_IF_ERROR(Draw(contexts, lanes));
      STANFLOW_RETURN_IF_ERROR(Follow(lanes, r));
    }
  }

  absl::Status CheckStop(size_t row) const {
    constexpr size_t kLookEvery = 64;
    const bool stop = row % kLookEvery == 0 && options_.stop_requested && options_.stop_requested();
    return stop ? absl::CancelledError("stopped while running the model") : absl::OkStatus();
  }

  absl::Status Draw(const std::vector<Context*>& contexts, const std::vector<Lane>& lanes) const {
    std::vector<HostRow> rows(contexts.size());
    STANFLOW_RETURN_IF_ERROR(generator_.Step(contexts, absl::MakeSpan(rows)));
    for (size_t i = 0; i < lanes.size(); ++i) lanes[i].out->rows.push_back(rows[i]);
    return absl::OkStatus();
  }

  absl::Status Follow(const std::vector<Lane>& lanes, size_t row) const {
    std::vector<Context*> contexts;
    std::vector<HostRow> rows;
    for (const Lane& lane : lanes) {
      contexts.push_back(lane.context.get());
      rows.push_back(lane.real->rows[row]);
    }
    return generator_.Follow(contexts, rows);
  }

  const Generator& generator_;
  const RunningOptions& options_;
};

}  // namespace

absl::StatusOr<std::vector<RunSequence>> RunModel(const Generator& generator, RunningWay way,
                                                  absl::Span<const RealSequence> real,
                                                  const RunningOptions& options) {
  std::vector<uint32_t> chosen;
  for (uint32_t i = 0; i < real.size(); ++i) {
    if (way != RunningWay::kFromWindow || real[i].rows.size() >= options.window_rows) chosen.push_back(i);
  }
  std::vector<RunSequence> out(chosen.size());
  const auto tile = static_cast<size_t>(generator.info().tile_rows);
  WorkerPool pool(options.threads);
  STANFLOW_RETURN_IF_ERROR(pool.RunUntilError((chosen.size() + tile - 1) / tile, [&](size_t t) {
    std::vector<Lane> lanes;
    for (size_t i = t * tile; i < std::min((t + 1) * tile, chosen.size()); ++i) {
      const RealSequence& sequence = real[chosen[i]];
      const ContextKey key{options.seed, static_cast<uint32_t>(way), chosen[i], sequence.start_ms};
      lanes.push_back({&sequence, generator.NewContext(key), &out[i]});
    }
    return LaneRunner(generator, options).Run(way, std::move(lanes));
  }));
  return out;
}

absl::StatusOr<ModelRuns> RunInThreeWays(const Generator& generator, absl::Span<const RealSequence> real,
                                         const RunningOptions& options) {
  ModelRuns out;
  for (const RealSequence& sequence : real) out.real.push_back({{}, sequence.rows, {}});
  STANFLOW_ASSIGN_OR_RETURN(out.one_step, RunModel(generator, RunningWay::kOneStepAhead, real, options));
  STANFLOW_ASSIGN_OR_RETURN(out.from_window, RunModel(generator, RunningWay::kFromWindow, real, options));
  STANFLOW_ASSIGN_OR_RETURN(out.from_nothing, RunModel(generator, RunningWay::kFromNothing, real, options));
  return out;
}

}  // namespace stanflow
