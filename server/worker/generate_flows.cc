#include "server/worker/generate_flows.h"

#include <algorithm>
#include <vector>

#include "absl/types/span.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/eval/worker_pool.h"
#include "core/generate/ordered_stream.h"

namespace stanflow {
namespace {

// Between two reports of progress and looks at `stop_requested`.
constexpr uint64_t kReportSteps = 64;

// Steps every due context once.
class TileStepper {
 public:
  TileStepper(const Generator& generator, int threads)
      : generator_(generator), threads_(threads), pool_(threads) {}

  absl::Status Step(OrderedStream* stream) {
    due_.clear();
    stream->TakeDue(stream->due(), &due_);
    rows_.resize(due_.size());
    const size_t tiles = NumTiles(due_.size());
    STANFLOW_RETURN_IF_ERROR(pool_.Run(tiles, [&](size_t t) {
      const size_t begin = Begin(t, tiles), n = Begin(t + 1, tiles) - begin;
      return generator_.Step(absl::MakeConstSpan(due_).subspan(begin, n),
                             absl::MakeSpan(rows_).subspan(begin, n));
    }));
    for (size_t i = 0; i < due_.size(); ++i) stream->Deliver(due_[i], rows_[i]);
    return absl::OkStatus();
  }

 private:
  // As the planner of many streams does (server/schedule/batch_planner.h).
  size_t NumTiles(size_t contexts) const {
    const size_t fewest = (contexts + generator_.info().tile_rows - 1) / generator_.info().tile_rows;
    const size_t least = generator_.info().least_tile_rows;
    if (least == 0) return fewest;
    const size_t rounds = (fewest + threads_ - 1) / threads_;
    return std::max(fewest, std::min(rounds * threads_, contexts / least));
  }
  size_t Begin(size_t tile, size_t tiles) const {
    if (generator_.info().least_tile_rows > 0) return tile * due_.size() / tiles;
    return std::min(tile * generator_.info().tile_rows, due_.size());
  }

  const Generator& generator_;
  const size_t threads_;
  WorkerPool pool_;
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
  TileStepper stepper(generator, options.threads);
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
