#ifndef STANFLOW_CORE_SIMULATE_TWO_VARIABLE_H_
#define STANFLOW_CORE_SIMULATE_TWO_VARIABLE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace stanflow {

// The process of section 5.1 of the STAN paper, N standard normal and independent, x_0 = 0.1 N:
//   x_i = 0.9 x_{i-1} + 0.1 N
//   y_i = 0.9 x_i     + 0.1 N
// Both correlations, of x_i with x_{i-1} and of x_i with y_i, are 0.9.
struct TwoVariableSample {
  std::vector<double> x, y;  // of equal length
};

TwoVariableSample SimulateTwoVariables(uint64_t seed, size_t points = 10000);

}  // namespace stanflow

#endif  // STANFLOW_CORE_SIMULATE_TWO_VARIABLE_H_
