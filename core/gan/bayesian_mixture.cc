#include "core/gan/bayesian_mixture.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/status_macros.h"
#include "core/gan/digamma.h"
#include "core/generate/baselines/value_clusters.h"

namespace stanflow {
namespace {

constexpr double kLnTwo = 0.69314718055994530942, kLnTwoPi = 1.83787706640934548356;

// The values' own mean and variance: the prior of every component.
struct Prior {
  double mean = 0, variance = 0;
};

// What the values give a component by their responsibilities.
struct Evidence {
  double weight = 0, mean = 0, variance = 0;
};

// The posterior of one component, and its stick's Beta(a, b).
struct Posterior {
  double a = 0, b = 0;
  double mean_precision = 0, mean = 0;
  double freedom = 0, variance = 0;
};

Prior PriorOf(const WeightedValues& data) {
  Prior prior;
  double total = 0;
  for (size_t i = 0; i < data.values.size(); ++i) {
    total += data.weights[i];
    prior.mean += data.weights[i] * (data.values[i] - prior.mean) / total;
  }
  for (size_t i = 0; i < data.values.size(); ++i) {
    prior.variance += data.weights[i] * (data.values[i] - prior.mean) * (data.values[i] - prior.mean);
  }
  prior.variance /= std::max(total - 1, 1.0);
  return prior;
}

// Row-major: one row of responsibilities a value.
using Responsibilities = std::vector<double>;

std::vector<Evidence> Collect(const WeightedValues& data, const Responsibilities& r, size_t components,
                              double regulariser) {
  std::vector<Evidence> out(components);
  for (size_t k = 0; k < components; ++k) {
    Evidence& e = out[k];
    // Never 0, so that a component without values falls back to its prior.
    e.weight = 10 * std::numeric_limits<double>::epsilon();
    for (size_t i = 0; i < data.values.size(); ++i) {
      const double w = data.weights[i] * r[i * components + k];
      e.weight += w;
      e.mean += w * data.values[i];
    }
    e.mean /= e.weight;
    for (size_t i = 0; i < data.values.size(); ++i) {
      const double y = data.values[i] - e.mean;
      e.variance += data.weights[i] * r[i * components + k] * y * y;
    }
    e.variance = e.variance / e.weight + regulariser;
  }
  return out;
}

std::vector<Posterior> Update(const std::vector<Evidence>& evidence, const Prior& prior,
                              double concentration) {
  std::vector<Posterior> out(evidence.size());
  double later = 0;  // weight of the components after k: what is left of the stick
  for (size_t k = evidence.size(); k-- > 0;) {
    const Evidence& e = evidence[k];
    Posterior& p = out[k];
    p.a = 1 + e.weight;
    p.b = concentration + later;
    later += e.weight;
    p.mean_precision = 1 + e.weight;
    p.mean = (prior.mean + e.weight * e.mean) / p.mean_precision;
    p.freedom = 1 + e.weight;
    const double shift = e.mean - prior.mean;
    p.variance = (prior.variance + e.weight * (e.variance + shift * shift / p.mean_precision)) / p.freedom;
  }
  return out;
}

// Posterior expectations as what LogDensity needs, and the expected weights.
std::vector<BayesianMixture::Component> Expect(const std::vector<Posterior>& posterior) {
  std::vector<BayesianMixture::Component> out;
  double log_left = 0, left = 1, sum = 0;
  for (const Posterior& p : posterior) {
    const double both = Digamma(p.a + p.b);
    const double log_weight = Digamma(p.a) - both + log_left;
    log_left += Digamma(p.b) - both;
    const double log_precision = kLnTwo + Digamma(p.freedom / 2) - std::log(p.freedom) - std::log(p.variance);
    BayesianMixture::Component c;
    c.weight = p.a / (p.a + p.b) * left;
    left *= p.b / (p.a + p.b);
    c.mean = p.mean;
    c.variance = p.variance;
    c.log_scale = log_weight + (log_precision - kLnTwoPi - 1 / p.mean_precision) / 2;
    sum += c.weight;
    out.push_back(c);
  }
  for (BayesianMixture::Component& c : out) c.weight /= sum;
  return out;
}

// Fills `r`; answers -sum of r ln r over all values.
double Assign(const WeightedValues& data, const std::vector<BayesianMixture::Component>& components,
              Responsibilities* r) {
  double entropy = 0;
  for (size_t i = 0; i < data.values.size(); ++i) {
    double* const row = r->data() + i * components.size();
    double top = -INFINITY, sum = 0;
    for (size_t k = 0; k < components.size(); ++k) {
      row[k] = components[k].LogDensity(data.values[i]);
      top = std::max(top, row[k]);
    }
    for (size_t k = 0; k < components.size(); ++k) sum += std::exp(row[k] - top);
    const double norm = top + std::log(sum);
    for (size_t k = 0; k < components.size(); ++k) {
      const double log_r = row[k] - norm;
      row[k] = std::exp(log_r);
      entropy -= data.weights[i] * row[k] * log_r;
    }
  }
  return entropy;
}

double LnBeta(double a, double b) { return std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b); }

// Bishop, Pattern Recognition and Machine Learning, equations 10.70 to 10.77, for one dimension and sticks,
// without the terms that no posterior changes.
double LowerBound(double entropy, const std::vector<Posterior>& posterior) {
  double bound = entropy;
  for (const Posterior& p : posterior) {
    const double log_root_precision = -(std::log(p.variance) + std::log(p.freedom)) / 2;
    bound += p.freedom * (log_root_precision + kLnTwo / 2) + std::lgamma(p.freedom / 2);
    bound += LnBeta(p.a, p.b) - std::log(p.mean_precision) / 2;
  }
  return bound;
}

Responsibilities Nearest(const WeightedValues& data, const std::vector<double>& centres) {
  Responsibilities r(data.values.size() * centres.size());
  for (size_t i = 0; i < data.values.size(); ++i) {
    size_t best = 0;
    for (size_t k = 1; k < centres.size(); ++k) {
      if (std::abs(data.values[i] - centres[k]) < std::abs(data.values[i] - centres[best])) best = k;
    }
    r[i * centres.size() + best] = 1;
  }
  return r;
}

BayesianMixture Ascend(const WeightedValues& data, const std::vector<double>& centres,
                       const BayesianMixtureOptions& options) {
  const Prior prior = PriorOf(data);
  Responsibilities r = Nearest(data, centres);
  const auto update = [&] {
    return Update(Collect(data, r, centres.size(), options.variance_regulariser), prior,
                  options.concentration);
  };
  BayesianMixture out;
  out.components = Expect(update());
  out.lower_bound = -INFINITY;
  while (out.iterations < options.max_iterations) {
    const double entropy = Assign(data, out.components, &r);
    const std::vector<Posterior> posterior = update();
    out.components = Expect(posterior);
    const double before = out.lower_bound;
    out.lower_bound = LowerBound(entropy, posterior);
    ++out.iterations;
    if (std::abs(out.lower_bound - before) < options.tolerance) break;
  }
  return out;
}

}  // namespace

std::vector<double> BayesianMixture::Responsibilities(double x) const {
  std::vector<double> r;
  double top = -INFINITY, sum = 0;
  for (const Component& c : components) {
    r.push_back(c.LogDensity(x));
    top = std::max(top, r.back());
  }
  for (double& v : r) sum += v = std::exp(v - top);
  for (double& v : r) v /= sum;
  return r;
}

absl::StatusOr<BayesianMixture> RefineBayesianMixture(const std::vector<double>& values,
                                                      const std::vector<double>& centres,
                                                      const BayesianMixtureOptions& options) {
  if (values.empty() || centres.empty()) {
    return absl::InvalidArgumentError("a mixture needs at least one value and one centre");
  }
  return Ascend(Distinct(values), centres, options);
}

absl::StatusOr<BayesianMixture> FitBayesianMixture(const std::vector<double>& values,
                                                   const BayesianMixtureOptions& options, uint64_t seed) {
  if (values.empty()) return absl::InvalidArgumentError("a mixture needs at least one value");
  const WeightedValues data = Distinct(values);
  if (data.values.size() <= static_cast<size_t>(options.components))
    return Ascend(data, data.values, options);
  STANFLOW_ASSIGN_OR_RETURN(const ValueClusters clusters, ClusterValues(values, options.components, 1, seed));
  return Ascend(data, {clusters.centres.begin(), clusters.centres.end()}, options);
}

}  // namespace stanflow
