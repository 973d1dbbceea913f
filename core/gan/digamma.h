#ifndef STANFLOW_CORE_GAN_DIGAMMA_H_
#define STANFLOW_CORE_GAN_DIGAMMA_H_

namespace stanflow {

// Derivative of ln gamma at x > 0, to about 1e-12 of the larger of 1 and the result.
double Digamma(double x);

}  // namespace stanflow

#endif  // STANFLOW_CORE_GAN_DIGAMMA_H_
