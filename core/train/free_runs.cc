#include "core/train/free_runs.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "core/base/philox.h"
#include "core/base/status_macros.h"
#include "core/base/worker_pool.h"
#include "core/flow/time.h"

namespace stanflow {
namespace {

// Rows of one context at most, in means of the training sequences.
constexpr uint64_t kMostMeans = 8;
// Rows of a training sequence that one context stands for, where sequences are not hours but hosts: a round
// takes as long as its longest context.
constexpr uint64_t kPieceRows = 4096;

std::vector<Sequence> Pieces(const Dataset& dataset) {
  std::vector<Sequence> pieces = dataset.Sequences(Split::kTrain);
  if (dataset.manifest().holdout.cuts_hours()) return pieces;
  std::vector<Sequence> cut;
  for (const Sequence& whole : pieces) {
    for (uint64_t begin = whole.begin; begin < whole.end; begin += kPieceRows) {
      const int64_t start_ms = begin == whole.begin ? whole.start_ms : dataset.Row(begin - 1).end_ms;
      cut.push_back({whole.host, begin, std::min(begin + kPieceRows, whole.end), start_ms});
    }
  }
  return cut;
}

uint64_t RowsOf(const std::vector<Sequence>& pieces) {
  uint64_t rows = 0;
  for (const Sequence& piece : pieces) rows += piece.size();
  return rows;
}

// Every n-th would be of few hours of the day: sequences lie by host, then hour.
void Shuffle(std::vector<Sequence>* pieces) {
  for (size_t i = pieces->size(); i > 1; --i) {
    const double u = Uniform2({0, 0, 0, i, 0})[0];
    std::swap((*pieces)[i - 1], (*pieces)[static_cast<size_t>(u * static_cast<double>(i))]);
  }
}

}  // namespace

std::vector<Sequence> SampleOfSequences(const Dataset& dataset, uint64_t rows) {
  std::vector<Sequence> pieces = Pieces(dataset);
  if (rows >= RowsOf(pieces)) return pieces;
  Shuffle(&pieces);
  uint64_t taken = 0;
  size_t count = 0;
  while (count < pieces.size() && taken < std::max<uint64_t>(rows, 1)) taken += pieces[count++].size();
  pieces.resize(count);
  return pieces;
}

FreeRuns::FreeRuns(const Dataset& dataset, uint64_t rows) {
  const std::vector<Sequence> pieces = SampleOfSequences(dataset, rows);
  max_rows_ = kMostMeans * (RowsOf(pieces) / std::max<size_t>(pieces.size(), 1) + 1);
  const bool hours = dataset.manifest().holdout.cuts_hours();
  for (const Sequence& piece : pieces) {
    const int64_t last_ms = dataset.Row(piece.end - 1).end_ms;
    stretches_.push_back({piece.start_ms, hours ? FloorTo(last_ms, kHourMs) + kHourMs : last_ms + 1});
  }
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
