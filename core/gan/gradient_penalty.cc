#include "core/gan/gradient_penalty.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

namespace stanflow {

at::Tensor GradientPenalty(const Critic& critic, const at::Tensor& real, const at::Tensor& fake,
                           const at::Tensor& share) {
  at::Tensor x = share * real + (1 - share) * fake;
  x.requires_grad_(true);
  const at::Tensor y = critic(x);
  const at::Tensor gradient = torch::autograd::grad({y}, {x}, {at::ones_like(y)}, /*retain_graph=*/true,
                                                    /*create_graph=*/true)[0];
  return (gradient.norm(2, 1) - 1).square().mean();
}

at::Tensor WassersteinLoss(const Critic& critic, const at::Tensor& real, const at::Tensor& fake,
                           const at::Tensor& share, double weight, at::Tensor* distance) {
  const at::Tensor on_fake = critic(fake).mean(), on_real = critic(real).mean();
  *distance = (on_real - on_fake).detach();
  return on_fake - on_real + weight * GradientPenalty(critic, real, fake, share);
}

}  // namespace stanflow
