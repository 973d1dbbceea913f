#ifndef STANFLOW_CORE_EVAL_AUTOCORRELATION_H_
#define STANFLOW_CORE_EVAL_AUTOCORRELATION_H_

#include <vector>

#include "absl/types/span.h"

namespace stanflow {

// Values that follow each other without a gap, all of one weight.
struct WeightedRun {
  absl::Span<const float> values;
  double weight;
};

// For lag 1, 2, ... `lags`: the weighted Pearson correlation of value i with value i + lag of the same run,
// over all such pairs of all runs. NaN where there are fewer than two pairs or nothing varies.
std::vector<double> Autocorrelation(const std::vector<WeightedRun>& runs, int lags);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_AUTOCORRELATION_H_
