#include <algorithm>
#include <cmath>

#include "core/base/philox.h"
#include "core/base/strings.h"
#include "core/generate/baselines/gaussian_mixture.h"
#include "opencv2/core.hpp"

namespace stanflow {
namespace {

// Equal values make a component's deviation 0; a normal this narrow still lies between two integers'
// logarithms.
constexpr double kSmallestDeviation = 1e-4;
// k-means only starts EM: a sample does.
constexpr size_t kStartValues = 16384;
constexpr uint32_t kStartStream = 3;  // of random numbers within the seed

// Equal values weigh as one: the columns are integers, so that there are few.
struct Weighted {
  std::vector<double> values, weights;
};

Weighted Distinct(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  Weighted out;
  for (double v : values) {
    if (out.values.empty() || out.values.back() != v) {
      out.values.push_back(v);
      out.weights.push_back(0);
    }
    ++out.weights.back();
  }
  return out;
}

// Sums over the values for one component.
struct Moments {
  double weight = 0, first = 0, second = 0;
};

// One pass of EM; answers the mean log likelihood under the mixture as it came in. (OpenCV's EM takes no
// weights and is a thousand times slower on one column; the recipe beside the tests checks this against
// scikit-learn.)
double Iterate(const Weighted& data, GaussianMixture* mixture) {
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

GaussianMixture Maximise(const Weighted& data, GaussianMixture mixture,
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

// Components around the centres that k-means with a k-means++ start finds in a sample.
GaussianMixture Start(const std::vector<double>& values, int components, uint64_t seed) {
  const size_t count = std::min(values.size(), kStartValues);
  cv::Mat sample(static_cast<int>(count), 1, CV_32F), labels, centres;
  for (size_t i = 0; i < count; ++i) {
    const double u = Uniform2({seed, kStartStream, 0, i, 0})[0];
    const size_t from = count == values.size() ? i : static_cast<size_t>(u * values.size());
    sample.at<float>(static_cast<int>(i)) = static_cast<float>(values[from]);
  }
  // Sequential: the sums' order, and so the mixture, is the same on any machine. Nothing else here uses
  // OpenCV.
  cv::setNumThreads(1);
  cv::setRNGSeed(static_cast<int>(seed));
  const cv::TermCriteria ends(cv::TermCriteria::COUNT + cv::TermCriteria::EPS, 50, 1e-6);
  cv::kmeans(sample, components, labels, ends, 3, cv::KMEANS_PP_CENTERS, centres);
  std::vector<Moments> sums(components);
  for (size_t i = 0; i < count; ++i) {
    const int k = labels.at<int>(static_cast<int>(i));
    const double y = sample.at<float>(static_cast<int>(i)) - centres.at<float>(k);
    ++sums[k].weight;
    sums[k].second += y * y;
  }
  GaussianMixture out;
  for (int k = 0; k < components; ++k) {
    const double weight = std::max(sums[k].weight, 1.0);
    out.weights.push_back(weight / count);
    out.means.push_back(centres.at<float>(k));
    out.deviations.push_back(std::max(std::sqrt(sums[k].second / weight), kSmallestDeviation));
  }
  return out;
}

}  // namespace

absl::StatusOr<GaussianMixture> FitGaussianMixture(const std::vector<double>& values,
                                                   const GaussianMixtureFitOptions& options) {
  if (values.empty()) return absl::InvalidArgumentError("a Gaussian mixture needs at least one value");
  const Weighted data = Distinct(values);
  const int components = static_cast<int>(std::min<size_t>(options.components, data.values.size()));
  if (components == 1) return Maximise(data, GaussianMixture{{1}, {data.values[0]}, {1}}, options);
  try {
    return Maximise(data, Start(values, components, options.seed), options);
  } catch (const std::exception& e) {  // OpenCV throws
    return absl::InternalError(StrCat("k-means: ", e.what()));
  }
}

absl::StatusOr<GaussianMixture> RefineGaussianMixture(const std::vector<double>& values,
                                                      GaussianMixture start,
                                                      const GaussianMixtureFitOptions& options) {
  if (values.empty()) return absl::InvalidArgumentError("a Gaussian mixture needs at least one value");
  return Maximise(Distinct(values), std::move(start), options);
}

}  // namespace stanflow
