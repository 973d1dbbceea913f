#ifndef STANFLOW_CORE_GAN_GRADIENT_PENALTY_H_
#define STANFLOW_CORE_GAN_GRADIENT_PENALTY_H_

#include <ATen/core/Tensor.h>

#include <functional>

namespace stanflow {

// A critic: [n, d] -> [n, 1].
using Critic = std::function<at::Tensor(const at::Tensor& x)>;

// What keeps a Wasserstein critic's slope at 1 between the two kinds of rows (Gulrajani et al. 2017):
//   mean over rows of (|gradient of the critic at x| - 1)^2,  x = share * real + (1 - share) * fake
// `real`, `fake`: [n, d] without a graph; `share`: [n, 1] of [0, 1). The result is differentiable by the
// critic's parameters.
at::Tensor GradientPenalty(const Critic& critic, const at::Tensor& real, const at::Tensor& fake,
                           const at::Tensor& share);

// What a critic with that penalty lowers: mean on fake - mean on real + weight * penalty. `distance` gets
// mean on real - mean on fake.
at::Tensor WassersteinLoss(const Critic& critic, const at::Tensor& real, const at::Tensor& fake,
                           const at::Tensor& share, double weight, at::Tensor* distance);

}  // namespace stanflow

#endif  // STANFLOW_CORE_GAN_GRADIENT_PENALTY_H_
