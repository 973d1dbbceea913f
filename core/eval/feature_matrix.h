#ifndef STANFLOW_CORE_EVAL_FEATURE_MATRIX_H_
#define STANFLOW_CORE_EVAL_FEATURE_MATRIX_H_

#include <cstddef>
#include <vector>

#include "absl/types/span.h"

namespace stanflow {

// What a learner reads: one row of `width` numbers after another. NaN is a missing number, where the learner
// knows such. A plain value.
struct FeatureMatrix {
  size_t width = 0;
  std::vector<float> values;

  size_t rows() const { return width == 0 ? 0 : values.size() / width; }
  absl::Span<const float> Row(size_t i) const { return {values.data() + i * width, width}; }
  // `row` has `width` numbers.
  void Append(absl::Span<const float> row) { values.insert(values.end(), row.begin(), row.end()); }
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_FEATURE_MATRIX_H_
