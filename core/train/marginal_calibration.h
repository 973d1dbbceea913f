#ifndef STANFLOW_CORE_TRAIN_MARGINAL_CALIBRATION_H_
#define STANFLOW_CORE_TRAIN_MARGINAL_CALIBRATION_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "core/dataset/dataset.h"
#include "core/model/bundle.h"

namespace stanflow {

struct CalibrationOptions {
  int rounds = 10;
  uint64_t rows_a_round = 200'000;  // about
  uint64_t seed = 0;
  int threads = 1;  // how many changes no weight
};

// Brings the marginals of a causal model that runs free near those of its training rows; answers how far they
// were in each round (ClassCounts::DivergenceFrom), the first of which is of the model as it came.
//
// One step ahead of real rows a trained model is nearly calibrated. Left to itself it settles where its small
// errors feed themselves: a class that is drawn a little too readily makes histories in which it is likelier
// still, and no likelihood sees it. Each round lets hosts run free (FreeRuns) and moves the bias of every
// class, in its output's head, by a part of the logarithm of its share of the training rows over its share of
// the drawn ones. The biases of the nearest round stay; all other weights are untouched (docs/model.md).
//
// Nets must be in eval mode on the CPU. CANCELLED once `stop`, which is called from several threads at once,
// answers true; on any error the model is as it was.
absl::StatusOr<std::vector<double>> CalibrateMarginals(const Dataset& dataset,
                                                       const CalibrationOptions& options,
                                                       const BundleInfo& info,
                                                       const std::function<bool()>& stop, StanModel* model);

}  // namespace stanflow

#endif  // STANFLOW_CORE_TRAIN_MARGINAL_CALIBRATION_H_
