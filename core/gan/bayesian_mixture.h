#ifndef STANFLOW_CORE_GAN_BAYESIAN_MIXTURE_H_
#define STANFLOW_CORE_GAN_BAYESIAN_MIXTURE_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"

namespace stanflow {

// A variational Bayesian mixture of normal distributions on the line, with a Dirichlet process prior on the
// weights (Blei and Jordan 2006, truncated stick breaking) and a normal-gamma prior on each component: the
// column model of CTGAN's mode-specific normalisation (Xu et al. 2019, section 4.2). It prunes itself:
// components that the values do not need keep next to no weight. A plain value; const use is thread-safe.
struct BayesianMixture {
  struct Component {
    double weight = 0;  // expected; all add up to 1
    double mean = 0, variance = 0;
    double log_scale = 0;  // what is independent of the value in LogDensity
    // Expected ln of (weight times density at `x`) under the posterior.
    double LogDensity(double x) const { return log_scale - (x - mean) * (x - mean) / (2 * variance); }
  };
  std::vector<Component> components;
  double lower_bound = 0;  // of the evidence, up to constants
  int iterations = 0;

  // Probability that each component made `x`.
  std::vector<double> Responsibilities(double x) const;
};

struct BayesianMixtureOptions {
  int components = 10;
  double concentration = 0.001;  // prior of the Dirichlet process
  int max_iterations = 100;
  double tolerance = 1e-3;             // ends when the lower bound changes by less
  double variance_regulariser = 1e-6;  // added to each component's own variance
};

// Coordinate ascent from a start in which each value belongs to the nearest of `centres`. The other priors
// are the usual uninformative ones: the values' mean with the weight of one value, their variance with one
// degree of freedom. INVALID_ARGUMENT without values or centres.
absl::StatusOr<BayesianMixture> RefineBayesianMixture(const std::vector<double>& values,
                                                      const std::vector<double>& centres,
                                                      const BayesianMixtureOptions& options);

// The same from centres that k-means finds. Fewer distinct values than components give as many components as
// there are values.
absl::StatusOr<BayesianMixture> FitBayesianMixture(const std::vector<double>& values,
                                                   const BayesianMixtureOptions& options, uint64_t seed);

}  // namespace stanflow

#endif  // STANFLOW_CORE_GAN_BAYESIAN_MIXTURE_H_
