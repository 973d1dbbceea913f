#ifndef STANFLOW_CORE_EVAL_METRIC_H_
#define STANFLOW_CORE_EVAL_METRIC_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "core/eval/eval_rows.h"
#include "core/eval/likelihood.h"
#include "core/eval/regressor.h"
#include "core/eval/run_sequence.h"
#include "nlohmann/json_fwd.hpp"

namespace stanflow {

// Sizes of the tasks (tasks_metric.cc): they decide the cost of an evaluation.
struct TaskOptions {
  // Rows that a fit learns from, real and synthetic together, at most; less real data lowers it, and the
  // report states it. A forest's time grows faster than they do. 0: no tasks.
  size_t rows_per_fit = 5000;
  // Rows of a fold that a fit is tested on at most: ten thousand know an F1 to about 0.005.
  size_t test_rows = 10000;
  // Trees of Task 1's forest, as in the paper.
  int trees = 100;
};

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
  // Rows on either side of every comparison of associations.
  size_t association_rows = 50000;
  // Bins a column at most when pairs are looked at: fewer than for one column, since a pair has the square.
  int association_bins = 20;
  // Rows on either side of every comparison of autocorrelations, as whole host-hours until it is reached.
  size_t autocorrelation_rows = 200000;
  // Rows on either side of the two-sample classifier, training and test folds together: it costs in
  // proportion.
  size_t two_sample_rows = 20000;
  // Draws that its area under the curve is a mean over; each costs five fits a comparison.
  int two_sample_repeats = 2;
  // Rows on either side of every comparison of the ways of running, within one band of places.
  size_t running_rows = 4000;
  TaskOptions tasks;
  // Threads that may compute; no figure depends on their number.
  int threads = 1;
};

// What an evaluation is made from. Neither owned nor changed; all of it outlives the call.
struct EvalInput {
  const EvalRows* real = nullptr;       // the hold-out; not empty
  const EvalRows* synthetic = nullptr;  // not empty
  // Baseline B1's flows and scores, or null.
  const EvalRows* b1 = nullptr;
  // What the model made of real contexts in three ways; null without a model.
  const ModelRuns* runs = nullptr;
  // Null without a model that knows likelihoods.
  const Likelihood* likelihood = nullptr;
  const Likelihood* b1_likelihood = nullptr;
  // Task 2's learner; null leaves Task 2 out, which the report's notes say.
  const RegressorFitter* regressor = nullptr;
  // What RealTaskSeries (task_series.h) answered for the same real rows and options, or null: computed again.
  const nlohmann::json* real_tasks = nullptr;
  EvalOptions options;
  // The share of the measure that is done. Called from any of the threads, and not always in order. May be
  // null.
  std::function<void(double fraction)> progress;
  // True: stop soon, with CANCELLED. Called from any of the threads. May be null.
  std::function<bool()> stop_requested;
};

// `input` for a part of a measure that reports its progress as [begin, end) of the whole.
EvalInput PartOf(const EvalInput& input, double begin, double end);

// A measure: one file, one line in all_metrics.cc. Both functions are pure.
struct Metric {
  std::string_view title;
  // How to compute it again, for the report's readers; HTML.
  std::string_view definition;
  // Adds its fields to the report; leaves out what the rows are too few for.
  absl::Status (*measure)(const EvalInput& input, nlohmann::json* report);
  // Its part of the page, from the report alone; empty if the report lacks it.
  std::string (*render)(const nlohmann::json& report);
  // Of its time, roughly, beside the other measures': for an evaluation's progress.
  double cost = 1;
};

extern const Metric kLikelihoodMetric;       // likelihood_metric.cc
extern const Metric kDivergenceMetric;       // divergence_metric.cc
extern const Metric kDistributionsMetric;    // distributions_metric.cc
extern const Metric kRulesMetric;            // rules_metric.cc
extern const Metric kTopValuesMetric;        // top_values_metric.cc
extern const Metric kHostHoursMetric;        // host_hours_metric.cc
extern const Metric kAssociationMetric;      // association_metric.cc
extern const Metric kAutocorrelationMetric;  // autocorrelation_metric.cc
extern const Metric kTwoSampleMetric;        // two_sample_metric.cc
extern const Metric kRunningMetric;          // running_metric.cc
extern const Metric kTasksMetric;            // tasks_metric.cc

// In the report's order.
absl::Span<const Metric* const> AllMetrics();

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_METRIC_H_
