#include "server/worker/generate_flows.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "absl/types/span.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/base/worker_pool.h"
#include "core/generate/ordered_stream.h"
#include "server/schedule/batch_planner.h"

namespace stanflow {
namespace {

// Between two reports of progress and looks at `stop_requested`.
constexpr uint64_t kReportSteps = 64;

// Steps one stream, in the tiles that the server's planner gives it when it is alone.
class LoneStepper {
 public:
  LoneStepper(const Generator& generator, int threads) : generator_(generator), pool_(threads) {
    limits_.threads = static_cast<uint32_t>(threads);
    limits_.max_tiles = std::numeric_limits<uint32_t>::max();
  }

  absl::Status Step(OrderedStream* stream) {
    const PlanStream alone{0, 0, static_cast<uint32_t>(stream->due())};
    const PlanGenerator plan_generator{static_cast<uint32_t>(generator_.info().tile_rows), 0,
                                       static_cast<uint32_t>(generator_.info().least_tile_rows)};
    const std::vector<PlanTile> tiles = PlanBatch({alone}, {plan_generator}, limits_).tiles;
    first_.assign(1, 0);
    for (const PlanTile& tile : tiles) first_.push_back(first_.back() + tile.contexts);
    due_.clear();
    stream->TakeDue(first_.back(), &due_);
    rows_.resize(due_.size());
    STANFLOW_RETURN_IF_ERROR(pool_.RunUntilError(tiles.size(), [&](size_t t) {
      return generator_.Step(absl::MakeConstSpan(due_).subspan(first_[t], tiles[t].contexts),
                             absl::MakeSpan(rows_).subspan(first_[t], tiles[t].contexts));
    }));
    for (size_t i = 0; i < due_.size(); ++i) stream->Deliver(due_[i], rows_[i]);
    return absl::OkStatus();
  }

 private:
  const Generator& generator_;
  PlanLimits limits_;
  WorkerPool pool_;
  std::vector<size_t> first_;  // context of each tile
  std::vector<Context*> due_;
  std::vector<HostRow> rows_;
};

double Fraction(const StreamSpec& spec, const FlowTable& flows) {
  if (spec.rows) return static_cast<double>(flows.size()) / std::max<uint64_t>(*spec.rows, 1);
  if (flows.size() == 0) return 0;
  return static_cast<double>(flows.end_ms.back() - spec.start_ms) / std::max<int64_t>(*spec.duration_ms, 1);
}

absl::Status Report(const StreamSpec& spec, const FlowTable& flows, const GenerateFlowsOptions& options) {
  if (options.stop_requested && options.stop_requested())
    return absl::CancelledError("stopped while generating");
  STANFLOW_RETURN_IF_ERROR(CheckFlowCount(flows.size(), options.max_rows));
  if (options.progress) options.progress(Fraction(spec, flows), flows.size());
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckFlowCount(uint64_t rows, uint64_t max_rows) {
  if (rows <= max_rows) return absl::OkStatus();
  return absl::InvalidArgumentError(
      StrCat("the stream has more than ", max_rows,
             " flows, the most that are judged at once; ask for a shorter one"));
}

absl::StatusOr<FlowTable> GenerateFlows(const Generator& generator, const StreamSpec& spec,
                                        const GenerateFlowsOptions& options) {
  STANFLOW_RETURN_IF_ERROR(ValidateStreamSpec(spec));
  if (!spec.rows && !spec.duration_ms)
    return absl::InvalidArgumentError("ask for a number of rows or a duration");
  if (spec.rows) STANFLOW_RETURN_IF_ERROR(CheckFlowCount(*spec.rows, options.max_rows));
  OrderedStream stream(&generator, spec, options.look_ahead_rows);
  LoneStepper stepper(generator, options.threads);
  FlowTable flows;
  for (uint64_t step = 0; !stream.done(); ++step) {
    if (step % kReportSteps == 0) STANFLOW_RETURN_IF_ERROR(Report(spec, flows, options));
    STANFLOW_RETURN_IF_ERROR(stepper.Step(&stream));
    stream.Pop(options.max_rows + 1 - std::min<uint64_t>(flows.size(), options.max_rows + 1), &flows);
    if (flows.size() > options.max_rows) STANFLOW_RETURN_IF_ERROR(Report(spec, flows, options));
  }
  return flows;
}

}  // namespace stanflow
