#include <algorithm>
#include <cmath>

#include "core/base/status_macros.h"
#include "core/generate/baselines/gaussian_mixture.h"

namespace stanflow {
namespace {

// Equal values make a component's deviation 0; a normal this narrow still lies between two integers'
// logarithms.
constexpr double kSmallestDeviation = 1e-4;
// Starts of k-means, the best of which starts EM.
constexpr int kStartAttempts = 3;

// Sums over the values for one component.
struct Moments {
  double weight = 0, first = 0, second = 0;
};

// One pass of EM; answers the mean log likelihood under the mixture as it came in. (OpenCV's EM takes no
// weights and is a thousand times slower on one column; the recipe beside the tests checks this against
// scikit-learn.)
double Iterate(const WeightedValues& data, GaussianMixture* mixture) {
  const size_t components = mixture->weights.size();
  std::vector<double> base(components), scale(components), density(components);
  for (size_t k = 0; k < components; ++k) {
    base[k] = std::log(mixture->weights[k]) - std::log(mixture->deviations[k]) - 0.91893853320467274178;
    scale[k] = -0.5 / (mixture->deviations[k] * mixture->deviations[k]);
  }
  std::vector<Moments> sums(components);
  double total = 0, likelihood = 0;
  for (size_t i = 0; i < data.values.size(); ++i) {
    const double x = data.values[i], w = data.weights[i];
    double top = -INFINITY, sum = 0;
    for (size_t k = 0; k < components; ++k) {
      density[k] = base[k] + scale[k] * (x - mixture->means[k]) * (x - mixture->means[k]);
      top = std::max(top, density[k]);
    }
    for (double& d : density) sum += d = std::exp(d - top);
    for (size_t k = 0; k < components; ++k) {
      // Moments about the old mean keep their digits where a component is narrow and far from 0.
      const double share = w * density[k] / sum, y = x - mixture->means[k];
      sums[k].weight += share;
      sums[k].first += share * y;
      sums[k].second += share * y * y;
    }
    total += w;
    likelihood += w * (top + std::log(sum));
  }
  for (size_t k = 0; k < components; ++k) {
    const double weight = std::max(sums[k].weight, 1e-12 * total), shift = sums[k].first / weight;
    mixture->weights[k] = weight / total;
    mixture->means[k] += shift;
    const double variance = std::max(sums[k].second / weight - shift * shift, 0.0);
    mixture->deviations[k] = std::max(std::sqrt(variance), kSmallestDeviation);
  }
  return likelihood / total;
}

// Components around the clusters that k-means finds.
GaussianMixture AroundClusters(const ValueClusters& clusters) {
  std::vector<Moments> sums(clusters.centres.size());
  for (size_t i = 0; i < clusters.sample.size(); ++i) {
    const int k = clusters.labels[i];
    const double y = clusters.sample[i] - clusters.centres[k];
    ++sums[k].weight;
    sums[k].second += y * y;
  }
  GaussianMixture out;
  for (size_t k = 0; k < sums.size(); ++k) {
    const double weight = std::max(sums[k].weight, 1.0);
    out.weights.push_back(weight / clusters.sample.size());
    out.means.push_back(clusters.centres[k]);
    out.deviations.push_back(std::max(std::sqrt(sums[k].second / weight), kSmallestDeviation));
  }
  return out;
}

}  // namespace

namespace internal {

GaussianMixture Maximise(const WeightedValues& data, GaussianMixture mixture,
                         const GaussianMixtureFitOptions& options) {
  double last = -INFINITY;
  for (int i = 0; i < options.max_iterations; ++i) {
    const double now = Iterate(data, &mixture);
    if (now - last < options.tolerance) break;
    last = now;
  }
  double sum = 0;
  for (double w : mixture.weights) sum += w;
  for (double& w : mixture.weights) w /= sum;
  return mixture;
}

}  // namespace internal

absl::StatusOr<GaussianMixture> FitGaussianMixture(const std::vector<double>& values,
                                                   const GaussianMixtureFitOptions& options) {
  if (values.empty()) return absl::InvalidArgumentError("a Gaussian mixture needs at least one value");
  const WeightedValues data = Distinct(values);
  const int components = static_cast<int>(std::min<size_t>(options.components, data.values.size()));
  if (components == 1) return internal::Maximise(data, GaussianMixture{{1}, {data.values[0]}, {1}}, options);
  STANFLOW_ASSIGN_OR_RETURN(const ValueClusters clusters,
                            ClusterValues(values, components, kStartAttempts, options.seed));
  return internal::Maximise(data, AroundClusters(clusters), options);
}

}  // namespace stanflow
