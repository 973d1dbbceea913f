#include "core/train/own_rows.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "core/base/status_macros.h"
#include "core/base/worker_pool.h"

namespace stanflow {
namespace {

// One sequence on its way: the context that has followed its real rows so far.
struct Lane {
  std::vector<HostRow> real;
  std::vector<HostRow>* drawn;
  std::unique_ptr<Context> context;
};

// Row `row` of every lane: drawn by a copy of its context, then followed as it really was.
absl::Status DrawRow(const Generator& generator, absl::Span<const Lane> lanes, size_t row) {
  std::vector<std::unique_ptr<Context>> copies;
  std::vector<Context*> ahead, behind;
  std::vector<HostRow> drawn(lanes.size()), real;
  for (const Lane& lane : lanes) {
    ahead.push_back(copies.emplace_back(lane.context->Copy()).get());
    behind.push_back(lane.context.get());
    real.push_back(lane.real[row]);
  }
  STANFLOW_RETURN_IF_ERROR(generator.Step(ahead, absl::MakeSpan(drawn)));
  STANFLOW_RETURN_IF_ERROR(generator.Follow(behind, real));
  for (size_t i = 0; i < lanes.size(); ++i) lanes[i].drawn->push_back(drawn[i]);
  return absl::OkStatus();
}

absl::Status DrawTile(const Generator& generator, std::vector<Lane> lanes,
                      const std::function<bool()>& stop) {
  // The longest first, so that those still at work are a prefix.
  std::stable_sort(lanes.begin(), lanes.end(),
                   [](const Lane& a, const Lane& b) { return a.real.size() > b.real.size(); });
  for (size_t row = 0;; ++row) {
    while (!lanes.empty() && lanes.back().real.size() <= row) lanes.pop_back();
    if (lanes.empty()) return absl::OkStatus();
    if (stop()) return absl::CancelledError("stopped while drawing the model's own rows");
    STANFLOW_RETURN_IF_ERROR(DrawRow(generator, lanes, row));
  }
}

std::vector<Sequence> Chosen(const Dataset& dataset, uint64_t max_rows) {
  const std::vector<Sequence> all = dataset.Sequences(Split::kTrain);
  const uint64_t rows = dataset.manifest().train_rows;
  const uint64_t stride = std::max<uint64_t>(1, (rows + max_rows - 1) / max_rows);
  std::vector<Sequence> chosen;
  for (size_t i = 0; i < all.size(); i += stride) chosen.push_back(all[i]);
  return chosen;
}

}  // namespace

absl::StatusOr<OwnRows> OwnRows::Draw(const Generator& generator, const Dataset& dataset, uint64_t max_rows,
                                      uint64_t seed, int threads, const std::function<bool()>& stop) {
  const std::vector<Sequence> sequences = Chosen(dataset, max_rows);
  std::vector<Run> runs(sequences.size());
  const auto tile = static_cast<size_t>(generator.info().tile_rows);
  WorkerPool pool(threads);
  STANFLOW_RETURN_IF_ERROR(pool.RunUntilError((sequences.size() + tile - 1) / tile, [&](size_t t) {
    std::vector<Lane> lanes;
    for (size_t i = t * tile; i < std::min((t + 1) * tile, sequences.size()); ++i) {
      const ContextKey key{seed, 0, static_cast<uint32_t>(i), sequences[i].start_ms};
      runs[i].begin = sequences[i].begin;
      lanes.push_back({dataset.HostRows(sequences[i]), &runs[i].rows, generator.NewContext(key)});
    }
    return DrawTile(generator, std::move(lanes), stop);
  }));
  return OwnRows(std::move(runs));
}

const HostRow* OwnRows::Find(uint64_t row) const {
  auto run = std::upper_bound(runs_.begin(), runs_.end(), row,
                              [](uint64_t wanted, const Run& r) { return wanted < r.begin; });
  if (run == runs_.begin()) return nullptr;
  --run;
  const uint64_t place = row - run->begin;
  return place < run->rows.size() ? &run->rows[place] : nullptr;
}

}  // namespace stanflow
