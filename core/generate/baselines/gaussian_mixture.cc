#include "core/generate/baselines/gaussian_mixture.h"

#include <algorithm>
#include <cmath>

#include "core/codec/normal_mass.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

constexpr double kTwoPi = 6.28318530717958647693;

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
