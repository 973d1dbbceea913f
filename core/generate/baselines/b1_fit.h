#ifndef STANFLOW_CORE_GENERATE_BASELINES_B1_FIT_H_
#define STANFLOW_CORE_GENERATE_BASELINES_B1_FIT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "core/dataset/dataset.h"
#include "core/generate/baselines/b1_model.h"
#include "core/generate/baselines/row_fit.h"

namespace stanflow {

using B1Fit = RowFit<B1Model>;

struct B1FitOptions : FitWatch {
  uint64_t seed = 1;
  // Rows that the mixtures are fitted from, drawn evenly from all: memory must not grow with the data.
  size_t mixture_rows = 262144;
  // One of so many training sequences is kept back for `validation_nats`.
  uint64_t validation_one_in = 20;
};

// Fits B1 to the dataset's training split, in one pass over it, and scores it on the sequences kept back.
// FAILED_PRECONDITION if the split is empty; CANCELLED if it was to stop. A lone sequence is both fitted and
// validated on.
absl::StatusOr<B1Fit> FitB1Model(const Dataset& dataset, const B1FitOptions& options);

// The fit alone, in one pass over `sequences`. `watch` instead of the one in `options`.
absl::StatusOr<std::shared_ptr<const B1Model>> FitB1Sequences(const Dataset& dataset,
                                                              const std::vector<Sequence>& sequences,
                                                              const B1FitOptions& options,
                                                              const FitWatch& watch);

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_BASELINES_B1_FIT_H_
