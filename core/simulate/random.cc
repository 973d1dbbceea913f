#include "core/simulate/random.h"

#include <algorithm>
#include <cmath>

namespace stanflow {

double Random::Uniform() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_;
  }
  const auto pair = Uniform2(key_);
  ++key_.row;
  spare_ = pair[1];
  has_spare_ = true;
  return pair[0];
}

uint64_t Random::Between(uint64_t low, uint64_t high) {
  return low + static_cast<uint64_t>(Uniform() * static_cast<double>(high - low + 1));
}

double Random::Exponential(double mean) { return -mean * std::log1p(-Uniform()); }

double Random::Normal() {
  constexpr double kTwoPi = 6.283185307179586;
  const double radius = std::sqrt(Exponential(2));
  return radius * std::cos(kTwoPi * Uniform());
}

double Random::LogNormal(double median, double spread) { return median * std::exp(spread * Normal()); }

uint64_t Random::Zipf(uint64_t n) {
  const double rank = std::pow(static_cast<double>(n) + 1, Uniform());
  return std::min(n - 1, static_cast<uint64_t>(rank) - 1);
}

uint64_t Random::Geometric(double mean) {
  if (mean <= 1) return 1;
  return 1 + static_cast<uint64_t>(std::log1p(-Uniform()) / std::log1p(-1 / mean));
}

}  // namespace stanflow
