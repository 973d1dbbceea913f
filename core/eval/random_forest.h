#ifndef STANFLOW_CORE_EVAL_RANDOM_FOREST_H_
#define STANFLOW_CORE_EVAL_RANDOM_FOREST_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/eval/feature_matrix.h"

namespace stanflow {

// A random forest for classes (OpenCV's): every tree on a bootstrap sample, Gini impurity, nodes
// split until they are pure or do not vary (25 levels at most); the class that most trees answer.
// Every feature is tried at a split: with fewer, OpenCV ends a node where those that it happens to
// try do not vary, and on few, partly binary features its trees stay stumps (a macro F1 of 0.77
// where scikit-learn's default, which looks further, has 0.70; with all of them, 0.69).
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
