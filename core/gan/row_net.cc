#include "core/gan/row_net.h"

#include <ATen/ATen.h>

namespace stanflow {

RowNet::RowNet(const GeneratorNet& net, const at::Device& device)
    : device_(device), inputs_(net.options().inputs), residual_(net.options().residual) {
  at::NoGradGuard no_grad;
  for (size_t i = 0; i < net.layers().size(); ++i) {
    at::Tensor weight = net.layers()[i]->weight.detach().cpu(), bias = net.layers()[i]->bias.detach().cpu();
    if (i < net.norms().size()) {
      const auto& norm = net.norms()[i];
      const at::Tensor scale =
          (norm->weight / at::sqrt(norm->running_var + norm->options.eps())).detach().cpu();
      weight = weight * scale.unsqueeze(1);
      bias = (bias - norm->running_mean.cpu()) * scale + norm->bias.detach().cpu();
    }
    layers_.emplace_back(weight.t().contiguous(), bias, device);
  }
}

at::Tensor RowNet::operator()(const at::Tensor& inputs) const {
  at::Tensor x = inputs.to(device_);
  for (size_t i = 0; i + 1 < layers_.size(); ++i) {
    const at::Tensor y = at::relu(layers_[i](x));
    x = residual_ ? at::cat({y, x}, 1) : y;
  }
  return layers_.back()(x).cpu().contiguous();
}

}  // namespace stanflow
