#include "core/gan/digamma.h"

#include <cmath>

namespace stanflow {

double Digamma(double x) {
  double below = 0;
  // Recurrence up to where the asymptotic series holds its digits.
  for (; x < 10; ++x) below += 1 / x;
  const double y = 1 / (x * x);
  // Abramowitz and Stegun 6.3.18: Bernoulli numbers over 2n.
  const double series =
      y *
      (1.0 / 12 - y * (1.0 / 120 - y * (1.0 / 252 - y * (1.0 / 240 - y * (1.0 / 132 - y * 691.0 / 32760)))));
  return std::log(x) - 1 / (2 * x) - series - below;
}

}  // namespace stanflow
