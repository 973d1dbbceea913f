#ifndef STANFLOW_CORE_GENERATE_BASELINES_B1_FIT_H_
#define STANFLOW_CORE_GENERATE_BASELINES_B1_FIT_H_

#include <cstdint>
#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "core/dataset/dataset.h"
#include "core/generate/baselines/b1_model.h"

namespace stanflow {

struct B1Fit {
  std::shared_ptr<const B1Model> model;
  uint64_t training_rows = 0;
  uint64_t validation_rows = 0;
  double validation_nats = 0;  // exact nats a row over the sequences kept back
};

struct B1FitOptions {
  uint64_t seed = 1;
  // Rows that the mixtures are fitted from, drawn evenly from all: memory must not grow with the data.
  size_t mixture_rows = 262144;
  // One of so many training sequences is kept back for `validation_nats`.
  uint64_t validation_one_in = 20;
  // Of the work, 0 to 1; called on the caller's thread. May be null.
  std::function<void(double fraction)> progress;
  // True: stop soon, with CANCELLED. May be null.
  std::function<bool()> stop_requested;
};

// Fits B1 to the dataset's training split, in two passes over it. FAILED_PRECONDITION if the
// split is empty. A lone sequence is both fitted and validated on.
absl::StatusOr<B1Fit> FitB1Model(const Dataset& dataset, const B1FitOptions& options);

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_BASELINES_B1_FIT_H_
