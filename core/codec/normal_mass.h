#ifndef STANFLOW_CORE_CODEC_NORMAL_MASS_H_
#define STANFLOW_CORE_CODEC_NORMAL_MASS_H_

#include "absl/types/span.h"

namespace stanflow {

// ln(density) of a standard normal at z.
double LogNormalDensity(double z);

// ln P(a < Z <= b) of a standard normal, a < b, infinite ends allowed: good to 1e-8 in the tails, where the
// probability itself is below every double, and for intervals far narrower than a deviation.
double LogNormalMass(double a, double b);

// ln of the sum of exp(terms), not empty.
double LogSumExp(absl::Span<const double> terms);

}  // namespace stanflow

#endif  // STANFLOW_CORE_CODEC_NORMAL_MASS_H_
