#ifndef STANFLOW_CORE_MODEL_HEADS_H_
#define STANFLOW_CORE_MODEL_HEADS_H_

#include "core/model/head.h"

namespace stanflow {

// Softmax over the classes of a ClassCodec (STAN section 4.2, "softmax layers").
class SoftmaxHead final : public Head {
 public:
  explicit SoftmaxHead(const Output* output)
      : output_(output),
        two_routes_(!output->classes->options().edges.empty() && !output->classes->options().values.empty()) {
  }

  int width() const override { return output_->classes->num_classes(); }
  at::Tensor Loss(const at::Tensor& raw, const Targets& targets) const override;
  at::Tensor Normalise(const at::Tensor& raw) const override;
  double ExactNats(const float* parameters, const HostRow& row) const override;
  double RangeNats(const float* parameters, const HostRow& row, double low, double high) const override;
  void Draw(const float* parameters, double u0, double u1, HostRow* row) const override;

 private:
  const Output* const output_;
  const bool two_routes_;
};

// Gaussian mixture of kMixtureComponents over the scaled value (STAN equation 6): the net's
// numbers are the weights' logits, the means and the logarithms of the deviations.
class MixtureHead final : public Head {
 public:
  explicit MixtureHead(const Output* output) : output_(output) {}

  int width() const override { return 3 * kMixtureComponents; }
  at::Tensor Loss(const at::Tensor& raw, const Targets& targets) const override;
  at::Tensor Normalise(const at::Tensor& raw) const override;
  double ExactNats(const float* parameters, const HostRow& row) const override;
  double RangeNats(const float* parameters, const HostRow& row, double low, double high) const override;
  void Draw(const float* parameters, double u0, double u1, HostRow* row) const override;

 private:
  const Output* const output_;
};

// The loss of such a mixture at `scaled` [n], nats [n]; `raw` [n, 3 K] as a net computes it.
at::Tensor MixtureLoss(const at::Tensor& raw, const at::Tensor& scaled);
// The ln deviation that the loss takes for a net's number.
double ClampLogDeviation(double raw);

}  // namespace stanflow

#endif  // STANFLOW_CORE_MODEL_HEADS_H_
