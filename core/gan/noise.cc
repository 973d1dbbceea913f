#include "core/gan/noise.h"

#include <cmath>

namespace stanflow {
namespace {

constexpr double kTwoPi = 6.28318530717958647692;

}  // namespace

void WriteNoise(DrawKey key, int n, float* out) {
  for (int i = 0; i < n; i += 2) {
    key.slot = static_cast<uint16_t>(i / 2);
    const auto [u, v] = Uniform2(key);
    const double radius = std::sqrt(-2 * std::log1p(-u));  // Box and Muller
    out[i] = static_cast<float>(radius * std::cos(kTwoPi * v));
    if (i + 1 < n) out[i + 1] = static_cast<float>(radius * std::sin(kTwoPi * v));
  }
}

}  // namespace stanflow
