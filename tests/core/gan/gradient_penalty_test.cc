#include "core/gan/gradient_penalty.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cmath>

#include "gtest/gtest.h"

namespace stanflow {
namespace {

// Numbers without pattern that every machine makes alike.
at::Tensor Numbers(at::IntArrayRef size, double phase) {
  int64_t n = 1;
  for (int64_t d : size) n *= d;
  return at::sin(at::arange(n, at::kDouble) * 1.7311 + phase).reshape(size);
}

// A smooth critic of two layers.
struct SmallCritic {
  at::Tensor weight = Numbers({4, 6}, 0.3), last = Numbers({6, 1}, 1.1);
  at::Tensor operator()(const at::Tensor& x) const { return at::tanh(x.matmul(weight)).matmul(last); }
};

struct Points {
  at::Tensor real = Numbers({5, 4}, 2.0), fake = Numbers({5, 4}, 5.0);
  at::Tensor share = at::tensor({0.0, 0.25, 0.5, 0.8, 1.0}, at::kDouble).unsqueeze(1);
};

TEST(GradientPenalty, IsTheSquaredDistanceOfTheSlopeFromOneByFiniteDifferences) {
  const SmallCritic critic;
  const Points p;
  const at::Tensor x = p.share * p.real + (1 - p.share) * p.fake;
  constexpr double kStep = 1e-6;
  double want = 0;
  for (int64_t r = 0; r < 5; ++r) {
    double square = 0;
    for (int64_t d = 0; d < 4; ++d) {
      at::Tensor up = x[r].clone(), down = x[r].clone();
      up[d] += kStep;
      down[d] -= kStep;
      const double slope = (critic(up.unsqueeze(0)) - critic(down.unsqueeze(0))).item<double>() / (2 * kStep);
      square += slope * slope;
    }
    want += (std::sqrt(square) - 1) * (std::sqrt(square) - 1) / 5;
  }
  EXPECT_NEAR(GradientPenalty(critic, p.real, p.fake, p.share).item<double>(), want, 1e-7);
}

TEST(GradientPenalty, ItsDerivativesByTheCriticsWeightsAreThoseOfFiniteDifferences) {
  SmallCritic critic;
  const Points p;
  critic.weight.requires_grad_(true);
  GradientPenalty(critic, p.real, p.fake, p.share).backward();
  const at::Tensor gradient = critic.weight.grad().clone();
  at::NoGradGuard no_grad;
  constexpr double kStep = 1e-5;
  double largest = 0;
  for (int64_t i = 0; i < 4; ++i) {
    for (int64_t j = 0; j < 6; ++j) {
      const auto moved = [&](double by) {
        SmallCritic other;
        other.weight = critic.weight.detach().clone();
        other.weight[i][j] += by;
        at::AutoGradMode with_grad(true);
        return GradientPenalty(other, p.real, p.fake, p.share).item<double>();
      };
      const double want = (moved(kStep) - moved(-kStep)) / (2 * kStep);
      EXPECT_NEAR(gradient[i][j].item<double>(), want, 1e-6);
      largest = std::max(largest, std::abs(want));
    }
  }
  EXPECT_GT(largest, 0.1) << "a penalty that does not depend on the weights shows nothing";
}

TEST(GradientPenalty, IsZeroForACriticOfSlopeOne) {
  const at::Tensor direction = at::tensor({0.6, 0.0, 0.8, 0.0}, at::kDouble).unsqueeze(1);
  const Points p;
  const auto linear = [&](const at::Tensor& x) { return x.matmul(direction); };
  EXPECT_NEAR(GradientPenalty(linear, p.real, p.fake, p.share).item<double>(), 0, 1e-12);
}

}  // namespace
}  // namespace stanflow
