#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "absl/container/inlined_vector.h"
#include "core/model/heads.h"

namespace stanflow {
namespace {

constexpr double kTiny = 1e-38;
constexpr float kNever = -1e30f;
constexpr int kBlock = 32;

// Four sums beside each other: one alone would wait for itself.
double SumOf(const float* p, int n) {
  double sums[4] = {};
  int i = 0;
  for (; i + 4 <= n; i += 4) {
    for (int j = 0; j < 4; ++j) sums[j] += p[i + j];
  }
  for (; i < n; ++i) sums[0] += p[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

}  // namespace

at::Tensor SoftmaxHead::Loss(const at::Tensor& raw, const Targets& targets) const {
  const at::Tensor log_p = at::log_softmax(raw, 1);
  const at::Tensor own = log_p.gather(1, targets.cls.unsqueeze(1)).squeeze(1) + targets.log_share;
  if (!two_routes_) return -own;
  const at::Tensor has_alt = targets.alt.ge(0);
  const at::Tensor alt =
      log_p.gather(1, targets.alt.clamp_min(0).unsqueeze(1)).squeeze(1) + targets.alt_log_share;
  return -at::logaddexp(own, at::where(has_alt, alt, at::full_like(alt, kNever)));
}

at::Tensor SoftmaxHead::Normalise(const at::Tensor& raw) const { return at::softmax(raw, 1).contiguous(); }

double SoftmaxHead::ExactNats(const float* p, const HostRow& row) const {
  const Code code = output_->Encode(row);
  double mass = static_cast<double>(p[code.cls]) * std::exp(static_cast<double>(code.log_share));
  if (code.alt >= 0)
    mass += static_cast<double>(p[code.alt]) * std::exp(static_cast<double>(code.alt_log_share));
  return -std::log(std::max(mass, kTiny));
}

double SoftmaxHead::RangeNats(const float* p, const HostRow& row, double low, double high) const {
  const uint64_t given = output_->GivenOf(row);
  double mass = 0;
  for (int c = 0; c < width(); ++c) mass += p[c] * output_->classes->ShareWithin(c, low, high, given);
  return -std::log(std::max(mass, kTiny));
}

void SoftmaxHead::Draw(const float* p, double u0, double u1, HostRow* row) const {
  const int n = width();
  // Sums of blocks, so that what was passed over is not added up class by class again.
  absl::InlinedVector<double, 64> blocks;
  for (int c = 0; c < n; c += kBlock) blocks.push_back(SumOf(p + c, std::min(kBlock, n - c)));
  // Float probabilities need not add up to 1: the draw is from their sum.
  double left = u0 * std::accumulate(blocks.begin(), blocks.end(), 0.0);
  size_t block = 0;
  while (block + 1 < blocks.size() && left >= blocks[block]) left -= blocks[block++];
  int chosen = static_cast<int>(block) * kBlock;
  while (chosen + 1 < n && left >= p[chosen]) left -= p[chosen++];
  // Rounding may run past the last class that has mass.
  while (chosen > 0 && p[chosen] == 0) --chosen;
  output_->SetValue(row, output_->classes->Decode(chosen, u1, output_->GivenOf(*row)));
}

}  // namespace stanflow
