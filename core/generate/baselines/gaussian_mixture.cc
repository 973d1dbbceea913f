#include "core/generate/baselines/gaussian_mixture.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/philox.h"
#include "core/base/status_macros.h"
#include "core/codec/normal_mass.h"

namespace stanflow {
namespace {

// Beyond so many deviations nothing is drawn.
constexpr double kFarthest = 40;
constexpr int kBisections = 60;

// z with P(lo < Z <= z) = share * P(lo < Z <= hi) of the standard normal.
double NormalBetween(double lo, double hi, double share) {
  const double target = std::log(share) + LogNormalMass(lo, hi), from = lo;
  lo = std::max(lo, -kFarthest);
  hi = std::min(hi, kFarthest);
  for (int i = 0; i < kBisections; ++i) {
    const double middle = (lo + hi) / 2;
    (LogNormalMass(from, middle) < target ? lo : hi) = middle;
  }
  return (lo + hi) / 2;
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

double GaussianMixture::Draw(double component, double normal1, double normal2) const {
  size_t k = 0;
  for (double sum = weights[0]; k + 1 < weights.size() && component >= sum; sum += weights[k]) ++k;
  return means[k] + deviations[k] * StandardNormal(normal1, normal2);
}

double GaussianMixture::DrawBetween(double lo, double hi, double component, double place) const {
  const auto scaled = [this](double x, size_t k) { return (x - means[k]) / deviations[k]; };
  const double all = LogMass(lo, hi);
  size_t chosen = 0;
  double sum = 0;
  for (size_t k = 0; k < weights.size() && sum <= component; ++k) {
    const double mass = std::exp(std::log(weights[k]) + LogNormalMass(scaled(lo, k), scaled(hi, k)) - all);
    if (mass > 0) chosen = k;
    sum += mass;
  }
  const double z = NormalBetween(scaled(lo, chosen), scaled(hi, chosen), place);
  return std::clamp(means[chosen] + deviations[chosen] * z, lo, hi);
}

void GaussianMixture::Store(const std::string& name, TensorFile* file) const {
  file->tensors[name + ".weights"] = StoreVector<double>(weights);
  file->tensors[name + ".means"] = StoreVector<double>(means);
  file->tensors[name + ".deviations"] = StoreVector<double>(deviations);
}

absl::StatusOr<GaussianMixture> GaussianMixture::Load(const std::string& name, const TensorFile& file) {
  GaussianMixture out;
  STANFLOW_ASSIGN_OR_RETURN(out.weights, LoadVector<double>(file, name + ".weights"));
  STANFLOW_ASSIGN_OR_RETURN(out.means, LoadVector<double>(file, name + ".means"));
  STANFLOW_ASSIGN_OR_RETURN(out.deviations, LoadVector<double>(file, name + ".deviations"));
  const auto all = [](const std::vector<double>& values, auto holds) {
    return std::all_of(values.begin(), values.end(), holds);
  };
  const double sum = std::accumulate(out.weights.begin(), out.weights.end(), 0.0);
  if (out.weights.empty() || out.means.size() != out.weights.size() ||
      out.deviations.size() != out.weights.size() || !(std::abs(sum - 1) <= 1e-6) ||
      !all(out.weights, [](double w) { return w >= 0; }) ||
      !all(out.means, [](double m) { return std::isfinite(m); }) ||
      !all(out.deviations, [](double d) { return d > 0 && std::isfinite(d); })) {
    return absl::DataLossError(
        StrCat("mixture ", name, ": its weights, means and deviations do not fit each other"));
  }
  return out;
}

}  // namespace stanflow
