#ifndef STANFLOW_CORE_EVAL_DIVERGENCE_H_
#define STANFLOW_CORE_EVAL_DIVERGENCE_H_

#include "absl/types/span.h"

namespace stanflow {

// Jensen-Shannon divergence in nats (0 to ln 2) of two histograms over the same bins. One is
// added to every bin of both, then each is divided by its sum.
double JensenShannon(absl::Span<const double> p_counts, absl::Span<const double> q_counts);

// What a model's divergence may be at most where real rows reach `floor` against real ones.
double JsdBound(double floor);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_DIVERGENCE_H_
