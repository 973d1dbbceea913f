#ifndef STANFLOW_CORE_GENERATE_BASELINES_ROW_FIT_H_
#define STANFLOW_CORE_GENERATE_BASELINES_ROW_FIT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "core/dataset/dataset.h"

namespace stanflow {

// What the fits of the baselines have in common: passes over a dataset's sequences that tell how far they are
// and stop when they are asked to.

// Who waits for a fit; asked and told on the fit's own thread.
struct FitWatch {
  // Of the work, 0 to 1, never falling. May be null.
  std::function<void(double fraction)> progress;
  // True: stop soon, with CANCELLED. May be null.
  std::function<bool()> stop_requested;

  void Report(double fraction) const;
  // CANCELLED if it is to stop.
  absl::Status CheckStop() const;
  // Watches a part of the work: its 0 to 1 is `begin` to `end` of the whole.
  FitWatch Part(double begin, double end) const;
};

// Calls `see` with the rows of one sequence after the other. Ends at the first error, which may be CANCELLED.
absl::Status ReadSequences(const Dataset& dataset, const std::vector<Sequence>& sequences,
                           const FitWatch& watch,
                           absl::FunctionRef<absl::Status(const std::vector<HostRow>& rows)> see);

// A model with what came out of fitting it.
template <typename Model>
struct RowFit {
  std::shared_ptr<const Model> model;
  uint64_t training_rows = 0;
  uint64_t validation_rows = 0;
  double validation_nats = 0;  // exact nats a row over the sequences kept back
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_BASELINES_ROW_FIT_H_
