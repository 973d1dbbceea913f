#ifndef STANFLOW_CORE_TRAIN_FREE_RUNS_H_
#define STANFLOW_CORE_TRAIN_FREE_RUNS_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/dataset/dataset.h"
#include "core/generate/generator.h"
#include "core/train/class_counts.h"

namespace stanflow {

// Training sequences chosen by chance, always the same ones, that have about `rows` rows together: hours
// where sequences are hours, else pieces of a few thousand rows, since a round takes as long as its longest
// one.
std::vector<Sequence> SampleOfSequences(const Dataset& dataset, uint64_t rows);

// What hosts do that a model makes from nothing, over the same stretches of the clock as the training
// sequences: its marginals as it runs free, to be held against the training rows'. Immutable: any number of
// threads may call.
class FreeRuns {
 public:
  // Over SampleOfSequences.
  FreeRuns(const Dataset& dataset, uint64_t rows);

  // Runs every stretch with a context of its own. Another `round` draws others; the same one the same, on any
  // number of threads. CANCELLED once `stop`, which is called from several threads at once, answers true.
  absl::StatusOr<ClassCounts> Draw(const Generator& generator, const OutputSet& set, uint64_t seed,
                                   uint32_t round, int threads, const std::function<bool()>& stop) const;

 private:
  struct Stretch {
    int64_t start_ms = 0, end_ms = 0;
  };

  // Adds the rows of a tile's stretches, the first of which has number `first`.
  absl::Status DrawTile(const Generator& generator, const ContextKey& first, absl::Span<const Stretch> tile,
                        const std::function<bool()>& stop, ClassCounts* counts) const;

  std::vector<Stretch> stretches_;
  uint64_t max_rows_ = 0;  // of one: a host that has run away says no more in longer
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_TRAIN_FREE_RUNS_H_
