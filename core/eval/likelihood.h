#ifndef STANFLOW_CORE_EVAL_LIKELIHOOD_H_
#define STANFLOW_CORE_EVAL_LIKELIHOOD_H_

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "core/dataset/dataset.h"
#include "core/eval/scorer.h"

namespace stanflow {

// A mean over rows with its standard error over contexts: rows of one context depend on each
// other, so the context is the unit that was sampled.
struct Estimate {
  double mean = 0;
  double standard_error = 0;  // NaN with a single context
};

// Nats per row of one model over the hold-out.
struct Likelihood {
  uint64_t rows = 0, contexts = 0;                // scored
  uint64_t rows_of_all = 0, contexts_of_all = 0;  // that there are
  Estimate exact_per_row;
  std::array<Estimate, kNumAttributes> exact;
  Estimate paper_bytes, paper_packets, paper_duration, paper_protocol;
};

struct LikelihoodOptions {
  // At most so many rows, whole contexts drawn by the seed, one at least; 0 is all.
  uint64_t max_rows = 0;
  uint64_t seed = 1;
  int threads = 1;
  // Rows done, rows to do. Called from any of the threads. May be null.
  std::function<void(uint64_t done, uint64_t all)> progress;
  // True: stop soon, with CANCELLED. May be null.
  std::function<bool()> stop_requested;
};

// The contexts that `options` choose of `all`, in their order there.
std::vector<Sequence> ChooseContexts(const std::vector<Sequence>& all, const LikelihoodOptions& options);

// Scores whole contexts in parallel; the result does not depend on the number of threads.
// INTERNAL names the context and attribute where a score is not finite.
absl::StatusOr<Likelihood> ScoreLikelihood(const Scorer& scorer, const Dataset& dataset,
                                           const std::vector<Sequence>& contexts,
                                           const LikelihoodOptions& options);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_LIKELIHOOD_H_
