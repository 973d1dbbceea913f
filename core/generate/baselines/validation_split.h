#ifndef STANFLOW_CORE_GENERATE_BASELINES_VALIDATION_SPLIT_H_
#define STANFLOW_CORE_GENERATE_BASELINES_VALIDATION_SPLIT_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "core/dataset/dataset.h"
#include "core/eval/scorer.h"
#include "core/generate/baselines/row_fit.h"

namespace stanflow {

// A dataset's training sequences, some of them kept back for the validation likelihood. The same seed
// keeps back the same ones. Neither is empty, and no sequence is in both unless it is a lone one.
struct ValidationSplit {
  std::vector<Sequence> fit, validate;
};

// `one_in`: one of so many sequences is kept back. FAILED_PRECONDITION without training rows.
absl::StatusOr<ValidationSplit> SplitForValidation(const Dataset& dataset, uint64_t seed, uint64_t one_in);

struct ValidationScore {
  uint64_t rows = 0;
  double nats = 0;  // exact, a row
};
// Errors of the scorer, or CANCELLED. `sequences` is not empty.
absl::StatusOr<ValidationScore> ScoreSequences(const Scorer& scorer, const Dataset& dataset,
                                               const std::vector<Sequence>& sequences, const FitWatch& watch);

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_BASELINES_VALIDATION_SPLIT_H_
