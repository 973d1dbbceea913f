#include "core/generate/baselines/gaussian_mixture.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kLogSqrtTwoPi = 0.91893853320467274178;
constexpr double kTwoPi = 6.28318530717958647693;

double LogNormalDensity(double z) { return -0.5 * z * z - kLogSqrtTwoPi; }

// ln P(Z > z), z >= 0.
double LogUpperTail(double z) {
  if (z == kInfinity) return -kInfinity;
  if (z < 25) return std::log(0.5 * std::erfc(z * M_SQRT1_2));
  const double s = 1 / (z * z);  // erfc underflows: the asymptotic series, good to 1e-8 from here on
  return LogNormalDensity(z) - std::log(z) + std::log1p(-s + 3 * s * s - 15 * s * s * s);
}

// ln P(a < Z <= b) of a standard normal.
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

double LogSumExp(const std::vector<double>& terms) {
  const double top = *std::max_element(terms.begin(), terms.end());
  if (top == -kInfinity) return top;
  double sum = 0;
  for (double t : terms) sum += std::exp(t - top);
  return top + std::log(sum);
}

}  // namespace

double GaussianMixture::LogMass(double lo, double hi) const {
  std::vector<double> terms(weights.size());
  for (size_t k = 0; k < weights.size(); ++k) {
    terms[k] = std::log(weights[k]) +
               LogNormalMass((lo - means[k]) / deviations[k], (hi - means[k]) / deviations[k]);
  }
  return LogSumExp(terms);
}

double GaussianMixture::LogDensity(double x) const {
  std::vector<double> terms(weights.size());
  for (size_t k = 0; k < weights.size(); ++k) {
    terms[k] =
        std::log(weights[k]) + LogNormalDensity((x - means[k]) / deviations[k]) - std::log(deviations[k]);
  }
  return LogSumExp(terms);
}

double GaussianMixture::MeanLogDensity(const std::vector<double>& values) const {
  double sum = 0;
  for (double v : values) sum += LogDensity(v);
  return sum / values.size();
}

double GaussianMixture::Draw(double component, double normal1, double normal2) const {
  size_t k = 0;
  for (double sum = weights[0]; k + 1 < weights.size() && component >= sum; sum += weights[k]) ++k;
  const double normal = std::sqrt(-2 * std::log1p(-normal1)) * std::cos(kTwoPi * normal2);
  return means[k] + deviations[k] * normal;
}

nlohmann::json GaussianMixture::ToJson() const {
  return {{"weights", weights}, {"means", means}, {"deviations", deviations}};
}

absl::StatusOr<GaussianMixture> GaussianMixture::FromJson(const nlohmann::json& json) {
  GaussianMixture out;
  const struct {
    const char* name;
    std::vector<double>* to;
  } fields[] = {{"weights", &out.weights}, {"means", &out.means}, {"deviations", &out.deviations}};
  for (const auto& field : fields) {
    if (!json.is_object() || !json.contains(field.name) || !json[field.name].is_array()) {
      return absl::DataLossError("a mixture lacks its weights, means or deviations");
    }
    for (const auto& x : json[field.name]) {
      if (!x.is_number()) return absl::DataLossError("a mixture holds something that is no number");
      field.to->push_back(x.get<double>());
    }
  }
  double sum = 0;
  for (size_t k = 0; k < out.weights.size(); ++k) {
    if (!(out.weights[k] >= 0)) return absl::DataLossError("a mixture has a negative weight");
    sum += out.weights[k];
  }
  const bool deviations_positive =
      std::all_of(out.deviations.begin(), out.deviations.end(), [](double d) { return d > 0; });
  if (out.weights.empty() || out.means.size() != out.weights.size() ||
      out.deviations.size() != out.weights.size() || std::abs(sum - 1) > 1e-6 || !deviations_positive) {
    return absl::DataLossError("a mixture's weights, means and deviations do not fit each other");
  }
  return out;
}

}  // namespace stanflow
