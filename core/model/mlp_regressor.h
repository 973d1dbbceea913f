#ifndef STANFLOW_CORE_MODEL_MLP_REGRESSOR_H_
#define STANFLOW_CORE_MODEL_MLP_REGRESSOR_H_

#include <cstdint>
#include <vector>

#include "core/eval/regressor.h"

namespace stanflow {

// One hidden layer of rectified units and one output, for the paper's Task 2 (section 9, Figure 7); no part
// of a model.
struct MlpOptions {
  int hidden = 100;             // units, as in the paper
  double learning_rate = 1e-3;  // of Adam
  int64_t batch_rows = 200;     // all rows where there are fewer
  // After each round, an epoch or `round_steps` steps where an epoch has fewer, the rows kept aside judge the
  // weights. It ends after `patience` rounds that were none the better, or after `rounds`.
  int rounds = 60;
  int round_steps = 20;
  int patience = 6;
  double aside = 0.1;  // share of the training rows, one at least
};

// A RegressorFitter. Features and targets are standardised by the training rows' mean and deviation (what
// does not vary counts as 0); weights begin uniform within +-sqrt(6 / (inputs + outputs)) of their layer,
// offsets at 0; the weights that did best on the rows kept aside are the ones that predict. Computes on the
// calling thread alone. INVALID_ARGUMENT for fewer than two training rows, another width of `test` or a
// number that is not finite; INTERNAL says what LibTorch says.
absl::StatusOr<std::vector<float>> FitMlpRegressor(const FeatureMatrix& train,
                                                   absl::Span<const float> targets, const FeatureMatrix& test,
                                                   uint64_t seed, const MlpOptions& options);

// The same with the options above.
absl::StatusOr<std::vector<float>> FitTaskMlp(const FeatureMatrix& train, absl::Span<const float> targets,
                                              const FeatureMatrix& test, uint64_t seed);

}  // namespace stanflow

#endif  // STANFLOW_CORE_MODEL_MLP_REGRESSOR_H_
