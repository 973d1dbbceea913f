#ifndef STANFLOW_CORE_EVAL_METRIC_H_
#define STANFLOW_CORE_EVAL_METRIC_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "core/eval/eval_rows.h"
#include "core/eval/likelihood.h"
#include "nlohmann/json_fwd.hpp"

namespace stanflow {

struct EvalOptions {
  // Decides every random choice of an evaluation.
  uint64_t seed = 1;
  // Rows on either side of every Jensen-Shannon comparison, values and floors alike: one fixed
  // size, so that figures of different runs can be compared. Smaller sets lower it; the report
  // states what was used.
  size_t jsd_rows = 50000;
  // Random subsamples and random splits into halves that values and floors are means over.
  int jsd_repeats = 8;
  // Most frequent real values whose shares are compared.
  size_t top_k = 50;
};

// What an evaluation is made from. Neither owned nor changed; all of it outlives the call.
struct EvalInput {
  const EvalRows* real = nullptr;       // the hold-out; not empty
  const EvalRows* synthetic = nullptr;  // not empty
  // Baseline B1's flows and scores, or null.
  const EvalRows* b1 = nullptr;
  // Null without a model that knows likelihoods.
  const Likelihood* likelihood = nullptr;
  const Likelihood* b1_likelihood = nullptr;
  EvalOptions options;
};

// A measure: one file, one line in all_metrics.cc. Both functions are pure.
struct Metric {
  std::string_view title;
  // How to compute it again, for the report's readers; HTML.
  std::string_view definition;
  // Adds its fields to the report.
  void (*measure)(const EvalInput& input, nlohmann::json* report);
  // Its part of the page, from the report alone; empty if the report lacks it.
  std::string (*render)(const nlohmann::json& report);
};

extern const Metric kLikelihoodMetric;     // likelihood_metric.cc
extern const Metric kDivergenceMetric;     // divergence_metric.cc
extern const Metric kDistributionsMetric;  // distributions_metric.cc
extern const Metric kRulesMetric;          // rules_metric.cc
extern const Metric kTopValuesMetric;      // top_values_metric.cc
extern const Metric kHostHoursMetric;      // host_hours_metric.cc

// In the report's order.
absl::Span<const Metric* const> AllMetrics();

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_METRIC_H_
