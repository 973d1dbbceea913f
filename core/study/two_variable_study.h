#ifndef STANFLOW_CORE_STUDY_TWO_VARIABLE_STUDY_H_
#define STANFLOW_CORE_STUDY_TWO_VARIABLE_STUDY_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/simulate/two_variable.h"

namespace stanflow {

// Section 5.1 and appendix 7 of the STAN paper: who learns the two-variable process.

// What the paper looks at in one sample.
struct ProcessFigures {
  double temporal_r = 0;  // correlation of x_i with x_{i-1}
  double same_row_r = 0;  // correlation of x_i with y_i
  double task1_mse = 0;   // of y_i by a line through x_i, fitted to the sample, on simulated test data
  double task2_mse = 0;   // of x_{i+1} by a line through x_i, likewise
};
ProcessFigures MeasureProcess(const TwoVariableSample& sample, const TwoVariableSample& test);

struct ProcessModel {
  std::string name;                     // "simulated", "b1", "stan_mask_a", "stan_mask_b"
  std::vector<ProcessFigures> figures;  // one a seed
  TwoVariableSample sample;             // the first seed's
};

struct TwoVariableStudyOptions {
  uint64_t seed = 1;  // the first of the seeds
  int seeds = 5;
  size_t points = 10000;  // of training, generated and test samples: the paper's
  std::function<bool()> stop_requested;
};

// Trains every model on `seeds` samples of the process and generates as many points as it learned
// from. B1: a mixture of seven normals a column. STAN: the naive one, with both masks. CANCELLED
// if asked to stop.
absl::StatusOr<std::vector<ProcessModel>> StudyTwoVariables(const TwoVariableStudyOptions& options);

}  // namespace stanflow

#endif  // STANFLOW_CORE_STUDY_TWO_VARIABLE_STUDY_H_
