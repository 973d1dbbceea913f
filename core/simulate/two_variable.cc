#include "core/simulate/two_variable.h"

#include "core/simulate/random.h"

namespace stanflow {

TwoVariableSample SimulateTwoVariables(uint64_t seed, size_t points) {
  constexpr uint32_t kStream = 2;
  Random random(seed, kStream, 0);
  TwoVariableSample sample;
  sample.x.reserve(points);
  sample.y.reserve(points);
  double x = 0;
  for (size_t i = 0; i < points; ++i) {
    x = 0.9 * x + 0.1 * random.Normal();
    sample.x.push_back(x);
    sample.y.push_back(0.9 * x + 0.1 * random.Normal());
  }
  return sample;
}

}  // namespace stanflow
