#include "core/eval/metric.h"

namespace stanflow {

absl::Span<const Metric* const> AllMetrics() {
  static const Metric* const kMetrics[] = {
      &kLikelihoodMetric, &kDivergenceMetric,  &kDistributionsMetric,   &kRulesMetric,     &kTopValuesMetric,
      &kHostHoursMetric,  &kAssociationMetric, &kAutocorrelationMetric, &kTwoSampleMetric, &kTasksMetric,
  };
  return kMetrics;
}

}  // namespace stanflow
