#ifndef STANFLOW_CORE_EVAL_RANDOM_FOREST_H_
#define STANFLOW_CORE_EVAL_RANDOM_FOREST_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/eval/feature_matrix.h"

namespace stanflow {

// A random forest for classes as scikit-learn's is by default: every tree on a bootstrap sample; at each
// split the root of the number of features is tried, and further ones until one varies; Gini impurity; nodes
// are split until they are pure or do not vary; a threshold lies midway; the class with the largest mean of
// the leaves' shares is the answer, the smallest of equals. (OpenCV's ends a node where the features tried do
// not vary: its trees on few, partly binary features are stumps, with a macro F1 of 0.77 for 0.70; and it is
// ten times slower.)
struct RandomForestOptions {
  int trees = 100;
  uint64_t seed = 1;
};

// Learns `classes` (small whole numbers from 0 on), one a row of `train`, and answers a class for every row
// of `test`; no number may be NaN. Computes on the calling thread alone: equal calls answer alike, several at
// once are safe. INVALID_ARGUMENT without rows or where widths differ.
absl::StatusOr<std::vector<int>> RandomForestClasses(const FeatureMatrix& train,
                                                     absl::Span<const int> classes, const FeatureMatrix& test,
                                                     const RandomForestOptions& options);

// Mean over the classes, of those among `truth` or `predicted`, of 2 TP / (2 TP + FP + FN).
double MacroF1(absl::Span<const int> truth, absl::Span<const int> predicted);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_RANDOM_FOREST_H_
