#include "core/eval/divergence.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace stanflow {

double JensenShannon(absl::Span<const double> p_counts, absl::Span<const double> q_counts) {
  double p_sum = 0, q_sum = 0;
  for (size_t i = 0; i < p_counts.size(); ++i) {
    p_sum += p_counts[i] + 1;
    q_sum += q_counts[i] + 1;
  }
  double divergence = 0;
  for (size_t i = 0; i < p_counts.size(); ++i) {
    const double p = (p_counts[i] + 1) / p_sum, q = (q_counts[i] + 1) / q_sum, mean = (p + q) / 2;
    divergence += 0.5 * (p * std::log(p / mean) + q * std::log(q / mean));
  }
  return divergence;
}

double JsdBound(double floor) { return std::max(0.05, 2 * floor); }

}  // namespace stanflow
