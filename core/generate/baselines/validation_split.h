#ifndef STANFLOW_CORE_GENERATE_BASELINES_VALIDATION_SPLIT_H_
#define STANFLOW_CORE_GENERATE_BASELINES_VALIDATION_SPLIT_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "core/dataset/dataset.h"
#include "core/eval/scorer.h"

namespace stanflow {

// A dataset's training sequences, some of them kept back for the validation likelihood. The same seed
// keeps back the same ones. A lone sequence is both.
struct ValidationSplit {
  std::vector<Sequence> fit, validate;
};

// `one_in`: one of so many sequences is kept back. FAILED_PRECONDITION without training rows.
absl::StatusOr<ValidationSplit> SplitForValidation(const Dataset& dataset, uint64_t seed, uint64_t one_in);

struct ValidationScore {
  uint64_t rows = 0;
  double nats = 0;  // exact, a row
};
absl::StatusOr<ValidationScore> ScoreSequences(const Scorer& scorer, const Dataset& dataset,
                                               const std::vector<Sequence>& sequences);

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_BASELINES_VALIDATION_SPLIT_H_
