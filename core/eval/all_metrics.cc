#include "core/eval/metric.h"

namespace stanflow {

absl::Span<const Metric* const> AllMetrics() {
  static const Metric* const kMetrics[] = {
      &kLikelihoodMetric, &kDivergenceMetric, &kDistributionsMetric,
      &kRulesMetric,      &kTopValuesMetric,  &kHostHoursMetric,
  };
  return kMetrics;
}

}  // namespace stanflow
