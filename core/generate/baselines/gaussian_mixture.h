#ifndef STANFLOW_CORE_GENERATE_BASELINES_GAUSSIAN_MIXTURE_H_
#define STANFLOW_CORE_GENERATE_BASELINES_GAUSSIAN_MIXTURE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/bundle/safetensors.h"
#include "core/generate/baselines/value_clusters.h"

namespace stanflow {

// A mixture of normal distributions on the line. A plain value; const use is thread-safe.
struct GaussianMixture {
  std::vector<double> weights;  // sum to 1
  std::vector<double> means;
  std::vector<double> deviations;  // above 0

  // ln P(lo < X <= hi); either end may be infinite. Holds its digits in far tails and for narrow
  // intervals too, where a difference of two CDF values would be 0.
  double LogMass(double lo, double hi) const;
  double LogDensity(double x) const;
  // One draw from lo < X <= hi, either of which may be infinite: `component` chooses the normal by its
  // mass there, `place` the place within it. Both uniforms of [0, 1).
  double DrawBetween(double lo, double hi, double component, double place) const;
  // One draw from two independent uniforms of [0, 1) for the component and two for the normal.
  double Draw(double component, double normal1, double normal2) const;

  // As tensors NAME.weights, NAME.means and NAME.deviations.
  void Store(const std::string& name, TensorFile* file) const;
  // DATA_LOSS unless weights, means and deviations are as many, finite and valid.
  static absl::StatusOr<GaussianMixture> Load(const std::string& name, const TensorFile& file);
};

struct GaussianMixtureFitOptions {
  int components = 7;        // as the paper's B1
  int max_iterations = 300;  // of EM
  double tolerance = 1e-6;   // EM ends when an iteration gains less mean log likelihood, nats
  uint64_t seed = 1;         // of the k-means++ start
};

// EM from a start by k-means (k-means++). The same values, options and library give the same
// mixture. Fewer distinct values than components give as many components as there are values.
// INVALID_ARGUMENT without values.
absl::StatusOr<GaussianMixture> FitGaussianMixture(const std::vector<double>& values,
                                                   const GaussianMixtureFitOptions& options);

namespace internal {

// EM alone, on from `mixture`, which keeps its number of components. `data` is not empty.
GaussianMixture Maximise(const WeightedValues& data, GaussianMixture mixture,
                         const GaussianMixtureFitOptions& options);

}  // namespace internal

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_BASELINES_GAUSSIAN_MIXTURE_H_
