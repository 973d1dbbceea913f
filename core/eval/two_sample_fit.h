#ifndef STANFLOW_CORE_EVAL_TWO_SAMPLE_FIT_H_
#define STANFLOW_CORE_EVAL_TWO_SAMPLE_FIT_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/eval/feature_matrix.h"
#include "core/eval/two_sample_rows.h"

namespace stanflow {

inline constexpr uint32_t kTwoSampleFolds = 5;

// Rows of two sides that one classifier is fitted to and tested on, in turn. A plain value.
struct LabelledRows {
  FeatureMatrix features{kTwoSampleWidth, {}};
  std::vector<float> labels, weights;  // labels: 0 or 1
  std::vector<uint32_t> folds;         // 0 to kTwoSampleFolds - 1

  // `unit`: what is never parted between two folds, such as a host-hour; `seed` and the label decide its
  // fold.
  void Append(absl::Span<const float> row_features, bool label, double weight, uint64_t unit, uint64_t seed);
};

// Learns boosted trees from all folds but one, and answers the weighted area under the curve over that one;
// NaN where a label is missing on either side.
absl::StatusOr<double> FoldArea(const LabelledRows& all, uint32_t fold);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_TWO_SAMPLE_FIT_H_
