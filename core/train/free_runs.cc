#include "core/train/free_runs.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "core/base/status_macros.h"
#include "core/base/worker_pool.h"
#include "core/flow/time.h"

namespace stanflow {
namespace {

// Rows of one context at most, in means of the training sequences.
constexpr uint64_t kMostMeans = 8;

}  // namespace

FreeRuns::FreeRuns(const Dataset& dataset, uint64_t rows) {
  const std::vector<Sequence> all = dataset.Sequences(Split::kTrain);
  uint64_t all_rows = 0;
  for (const Sequence& sequence : all) all_rows += sequence.size();
  const bool hours = dataset.manifest().holdout.cuts_hours();
  const uint64_t stride = std::max<uint64_t>(1, (all_rows + rows - 1) / std::max<uint64_t>(rows, 1));
  for (size_t i = 0; i < all.size(); i += stride) {
    const int64_t last_ms = dataset.Row(all[i].end - 1).end_ms;
    stretches_.push_back({all[i].start_ms, hours ? FloorTo(last_ms, kHourMs) + kHourMs : last_ms + 1});
  }
  max_rows_ = kMostMeans * (all_rows / std::max<size_t>(all.size(), 1) + 1);
}

absl::StatusOr<ClassCounts> FreeRuns::Draw(const Generator& generator, const OutputSet& set, uint64_t seed,
                                           uint32_t round, int threads,
                                           const std::function<bool()>& stop) const {
  const auto tile = static_cast<size_t>(generator.info().tile_rows);
  std::vector<ClassCounts> counts((stretches_.size() + tile - 1) / tile, ClassCounts(set));
  WorkerPool pool(threads);
  STANFLOW_RETURN_IF_ERROR(pool.RunUntilError(counts.size(), [&](size_t t) {
    const ContextKey first{seed, round, static_cast<uint32_t>(t * tile), 0};
    return DrawTile(generator, first, absl::MakeConstSpan(stretches_).subspan(t * tile, tile), stop,
                    &counts[t]);
  }));
  ClassCounts all(set);
  for (const ClassCounts& some : counts) all.Add(some);
  return all;
}

absl::Status FreeRuns::DrawTile(const Generator& generator, const ContextKey& first,
                                absl::Span<const Stretch> tile, const std::function<bool()>& stop,
                                ClassCounts* counts) const {
  std::vector<std::unique_ptr<Context>> owned;
  std::vector<size_t> going;
  for (size_t i = 0; i < tile.size(); ++i) {
    const uint32_t number = first.context + static_cast<uint32_t>(i);
    owned.push_back(generator.NewContext({first.seed, first.stream, number, tile[i].start_ms}));
    going.push_back(i);
  }
  while (!going.empty()) {
    if (stop()) return absl::CancelledError("stopped while the model ran free");
    std::vector<Context*> contexts;
    for (const size_t i : going) contexts.push_back(owned[i].get());
    std::vector<HostRow> rows(going.size());
    STANFLOW_RETURN_IF_ERROR(generator.Step(contexts, absl::MakeSpan(rows)));
    std::vector<size_t> still;
    for (size_t k = 0; k < going.size(); ++k) {
      if (rows[k].end_ms >= tile[going[k]].end_ms) continue;
      counts->Add(rows[k]);
      if (contexts[k]->rows() < max_rows_) still.push_back(going[k]);
    }
    going = std::move(still);
  }
  return absl::OkStatus();
}

}  // namespace stanflow
