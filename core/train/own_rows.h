#ifndef STANFLOW_CORE_TRAIN_OWN_ROWS_H_
#define STANFLOW_CORE_TRAIN_OWN_ROWS_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "core/dataset/dataset.h"
#include "core/generate/generator.h"

namespace stanflow {

// What a model draws at the places of the training rows, each given the real rows before it. A net that is
// trained on histories in which some rows are such draws learns what to do after its own mistakes, which real
// histories never show (scheduled sampling: Bengio et al. 2015; targets stay real). Immutable: any number of
// threads may read.
class OwnRows {
 public:
  // About `max_rows` rows at most, 56 bytes each: of a larger dataset whole sequences, evenly spread, and the
  // others' histories stay real. The same for the same model, dataset, seed and `max_rows`. CANCELLED once
  // `stop`, which is called from several threads at once, answers true.
  static absl::StatusOr<OwnRows> Draw(const Generator& generator, const Dataset& dataset, uint64_t max_rows,
                                      uint64_t seed, int threads, const std::function<bool()>& stop);

  // Of row `row` of the dataset; null where none was drawn.
  const HostRow* Find(uint64_t row) const;

 private:
  struct Run {
    uint64_t begin = 0;  // of its sequence in the dataset
    std::vector<HostRow> rows;
  };
  explicit OwnRows(std::vector<Run> runs) : runs_(std::move(runs)) {}

  std::vector<Run> runs_;  // by begin
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_TRAIN_OWN_ROWS_H_
