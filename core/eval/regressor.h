#ifndef STANFLOW_CORE_EVAL_REGRESSOR_H_
#define STANFLOW_CORE_EVAL_REGRESSOR_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/eval/feature_matrix.h"

namespace stanflow {

// Learns `targets`, one a row of `train`, and answers what it predicts for the rows of `test`. Everything
// random follows from `seed`; equal calls answer alike. Called from several threads at once.
// core/model/mlp_regressor.h is the one that is used.
using RegressorFitter = std::function<absl::StatusOr<std::vector<float>>(
    const FeatureMatrix& train, absl::Span<const float> targets, const FeatureMatrix& test, uint64_t seed)>;

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_REGRESSOR_H_
