#include "core/generate/baselines/value_clusters.h"

#include <algorithm>

#include "core/base/philox.h"
#include "core/base/strings.h"
#include "opencv2/core.hpp"

namespace stanflow {
namespace {

// Clusters only start a fit: a sample does.
constexpr size_t kMostValues = 16384;
constexpr uint32_t kSampleStream = 3;  // of random numbers within the seed

}  // namespace

WeightedValues Distinct(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  WeightedValues out;
  for (double v : values) {
    if (out.values.empty() || out.values.back() != v) {
      out.values.push_back(v);
      out.weights.push_back(0);
    }
    ++out.weights.back();
  }
  return out;
}

absl::StatusOr<ValueClusters> ClusterValues(const std::vector<double>& values, int clusters, int attempts,
                                            uint64_t seed) {
  const size_t count = std::min(values.size(), kMostValues);
  ValueClusters out;
  for (size_t i = 0; i < count; ++i) {
    const double u = Uniform2({seed, kSampleStream, 0, i, 0})[0];
    const size_t from = count == values.size() ? i : static_cast<size_t>(u * values.size());
    out.sample.push_back(static_cast<float>(values[from]));
  }
  try {
    // Sequential: the sums' order, and so the clusters, is the same on any machine. It holds for the whole
    // process.
    cv::setNumThreads(1);
    cv::setRNGSeed(static_cast<int>(seed));
    const cv::Mat sample(static_cast<int>(count), 1, CV_32F, out.sample.data());
    cv::Mat labels, centres;
    const cv::TermCriteria ends(cv::TermCriteria::COUNT + cv::TermCriteria::EPS, 50, 1e-6);
    cv::kmeans(sample, clusters, labels, ends, attempts, cv::KMEANS_PP_CENTERS, centres);
    for (size_t i = 0; i < count; ++i) out.labels.push_back(labels.at<int>(static_cast<int>(i)));
    for (int k = 0; k < clusters; ++k) out.centres.push_back(centres.at<float>(k));
  } catch (const std::exception& e) {  // OpenCV throws
    return absl::InternalError(StrCat("k-means: ", e.what()));
  }
  return out;
}

}  // namespace stanflow
