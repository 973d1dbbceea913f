#include "core/eval/metric.h"

namespace stanflow {

absl::Span<const Metric* const> AllMetrics() {
  static const Metric* const kMetrics[] = {
      &kLikelihoodMetric, &kDivergenceMetric, &kDistributionsMetric, &kRulesMetric,
      &kTopValuesMetric,  &kHostHoursMetric,  &kAssociationMetric,   &kAutocorrelationMetric,
      &kTwoSampleMetric,  &kRunningMetric,    &kTasksMetric,
  };
  return kMetrics;
}

EvalInput PartOf(const EvalInput& input, double begin, double end) {
  EvalInput part = input;
  if (input.progress) {
    part.progress = [progress = input.progress, begin, end](double fraction) {
      progress(begin + (end - begin) * fraction);
    };
  }
  return part;
}

}  // namespace stanflow
