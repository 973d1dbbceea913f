#ifndef STANFLOW_CORE_SIMULATE_RANDOM_H_
#define STANFLOW_CORE_SIMULATE_RANDOM_H_

#include <cstdint>

#include "core/base/philox.h"

namespace stanflow {

// Draws one after the other from a counter-based generator: the n-th draw of (seed, stream,
// context) is the same in every build. Not safe for concurrent use.
class Random {
 public:
  Random(uint64_t seed, uint32_t stream, uint32_t context) {
    key_.seed = seed;
    key_.stream = stream;
    key_.context = context;
  }

  double Uniform();  // [0, 1)
  bool Chance(double probability) { return Uniform() < probability; }
  // Integer in [low, high].
  uint64_t Between(uint64_t low, uint64_t high);
  double Exponential(double mean);
  double Normal();
  // `spread` is the standard deviation of the logarithm.
  double LogNormal(double median, double spread);
  // 0 to n - 1 with a probability that falls as 1 / (1 + value).
  uint64_t Zipf(uint64_t n);
  // 1, 2, ... with the given mean.
  uint64_t Geometric(double mean);

 private:
  DrawKey key_;
  double spare_ = 0;
  bool has_spare_ = false;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_SIMULATE_RANDOM_H_
