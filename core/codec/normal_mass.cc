#include "core/codec/normal_mass.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace stanflow {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kLogSqrtTwoPi = 0.91893853320467274178;

// ln P(Z > z), z >= 0.
double LogUpperTail(double z) {
  if (z == kInfinity) return -kInfinity;
  if (z < 25) return std::log(0.5 * std::erfc(z * M_SQRT1_2));
  const double s = 1 / (z * z);  // erfc underflows: the asymptotic series, good to 1e-8 from here on
  return LogNormalDensity(z) - std::log(z) + std::log1p(-s + 3 * s * s - 15 * s * s * s);
}

}  // namespace

double LogNormalDensity(double z) { return -0.5 * z * z - kLogSqrtTwoPi; }

double LogNormalMass(double a, double b) {
  // Below this width the density hardly changes, and a difference of tails would lose its digits.
  if (b - a < 1e-4) return LogNormalDensity(0.5 * (a + b)) + std::log(b - a);
  if (b <= 0) return LogNormalMass(-b, -a);
  if (a >= 0) {
    const double upper = LogUpperTail(a);
    return upper + std::log1p(-std::exp(LogUpperTail(b) - upper));
  }
  return std::log1p(-(0.5 * std::erfc(-a * M_SQRT1_2) + 0.5 * std::erfc(b * M_SQRT1_2)));
}

double LogSumExp(absl::Span<const double> terms) {
  const double top = *std::max_element(terms.begin(), terms.end());
  if (top == -kInfinity) return top;
  double sum = 0;
  for (double t : terms) sum += std::exp(t - top);
  return top + std::log(sum);
}

}  // namespace stanflow
