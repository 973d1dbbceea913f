#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "core/model/heads.h"

namespace stanflow {
namespace {

constexpr int kK = kMixtureComponents;
constexpr double kHalfLogTwoPi = 0.91893853320467274178;
// Columns with a grid (delta 0, duration 0) pull a component's deviation to nothing, and its
// density to infinity; e^-13 of a column's range (0.8 ms of the longest duration) is below every
// column's resolution.
constexpr double kMinLogDeviation = -13;
constexpr double kMaxLogDeviation = 4;

at::Tensor LogDeviations(const at::Tensor& raw) {
  return raw.narrow(1, 2 * kK, kK).clamp(kMinLogDeviation, kMaxLogDeviation);
}

MixtureView View(const float* parameters) {
  return {{parameters, kK}, {parameters + kK, kK}, {parameters + 2 * kK, kK}};
}

// The paper's likelihood bins are on ln values for the logarithmic columns.
double Transformed(const ContinuousCodec& codec, double value) {
  return codec.options().logarithmic ? std::log(std::max(value, 1e-9)) : value;
}

}  // namespace

double ClampLogDeviation(double raw) { return std::clamp(raw, kMinLogDeviation, kMaxLogDeviation); }

at::Tensor MixtureLoss(const at::Tensor& raw, const at::Tensor& scaled) {
  const at::Tensor log_weights = at::log_softmax(raw.narrow(1, 0, kK), 1);
  const at::Tensor log_deviations = LogDeviations(raw);
  const at::Tensor z = (scaled.unsqueeze(1) - raw.narrow(1, kK, kK)) * (-log_deviations).exp();
  return -at::logsumexp(log_weights - log_deviations - 0.5 * z * z, 1) + kHalfLogTwoPi;
}

at::Tensor MixtureHead::Loss(const at::Tensor& raw, const Targets& targets) const {
  return MixtureLoss(raw, targets.scaled);
}

at::Tensor MixtureHead::Normalise(const at::Tensor& raw) const {
  return at::cat({at::log_softmax(raw.narrow(1, 0, kK), 1), raw.narrow(1, kK, kK), LogDeviations(raw)}, 1)
      .contiguous();
}

double MixtureHead::ExactNats(const float* parameters, const HostRow& row) const {
  return -output_->continuous->LogMass(View(parameters), output_->ValueOf(row));
}

double MixtureHead::RangeNats(const float* parameters, const HostRow& row, double low, double high) const {
  const ContinuousCodec& codec = *output_->continuous;
  return -codec.LogMassBetween(View(parameters), Transformed(codec, low), Transformed(codec, high));
}

void MixtureHead::Draw(const float* parameters, double u0, double u1, HostRow* row) const {
  output_->SetValue(row, output_->continuous->Sample(View(parameters), u0, u1));
}

std::unique_ptr<Head> MakeHead(const Output* output) {
  if (output->head == HeadKind::kMixture) return std::make_unique<MixtureHead>(output);
  return std::make_unique<SoftmaxHead>(output);
}

}  // namespace stanflow
