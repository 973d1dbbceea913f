#ifndef STANFLOW_CORE_EVAL_BOOSTED_TREES_H_
#define STANFLOW_CORE_EVAL_BOOSTED_TREES_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/eval/feature_matrix.h"

namespace stanflow {

// A classifier of two classes by gradient-boosted trees (XGBoost, histograms). Nothing in it is random.
struct BoostedTreesOptions {
  int rounds = 100;            // trees
  int depth = 6;               // of each tree at most
  double learning_rate = 0.1;  // weight of each tree
  int bins = 256;              // of each feature's histogram
};

// Learns `labels` (0 or 1) with `weights`, one a row of `train`, and answers the odds' logarithm of label 1
// for every row of `test`; NaN is a missing value. Computes on the calling thread alone: equal calls answer
// alike, several at once are safe. INTERNAL says what XGBoost says.
absl::StatusOr<std::vector<float>> BoostedTreesScores(const FeatureMatrix& train,
                                                      absl::Span<const float> labels,
                                                      absl::Span<const float> weights,
                                                      const FeatureMatrix& test,
                                                      const BoostedTreesOptions& options = {});

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_BOOSTED_TREES_H_
