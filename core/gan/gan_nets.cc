#include "core/gan/gan_nets.h"

#include <ATen/ATen.h>

#include <cmath>
#include <string>

namespace stanflow {
namespace {

// As LibTorch starts a linear layer, from the run's own random numbers: weights and biases even on
// +-1 / sqrt(inputs).
torch::nn::Linear MakeLinear(int64_t inputs, int64_t outputs, GanRandom* random) {
  torch::nn::Linear layer(inputs, outputs);
  at::NoGradGuard no_grad;
  const double bound = 1 / std::sqrt(static_cast<double>(inputs));
  random->FillUniform(layer->weight, bound);
  random->FillUniform(layer->bias, bound);
  return layer;
}

}  // namespace

GeneratorNet::GeneratorNet(const GeneratorNetOptions& options, GanRandom* random) : options_(options) {
  int64_t width = options.inputs;
  for (size_t i = 0; i < options.hidden.size(); ++i) {
    const std::string place = std::to_string(i);
    layers_.push_back(register_module("layer" + place, MakeLinear(width, options.hidden[i], random)));
    if (options.residual) {
      norms_.push_back(register_module("norm" + place, torch::nn::BatchNorm1d(options.hidden[i])));
    }
    width = options.hidden[i] + (options.residual ? width : 0);
  }
  layers_.push_back(register_module("last", MakeLinear(width, options.outputs, random)));
}

at::Tensor GeneratorNet::Forward(const at::Tensor& input) {
  at::Tensor x = input;
  for (size_t i = 0; i + 1 < layers_.size(); ++i) {
    const at::Tensor y = layers_[i]->forward(x);
    x = options_.residual ? at::cat({at::relu(norms_[i]->forward(y)), x}, 1) : at::relu(y);
  }
  return layers_.back()->forward(x);
}

CriticNet::CriticNet(const CriticNetOptions& options, GanRandom* random) : options_(options) {
  int64_t width = options.inputs;
  for (size_t i = 0; i < options.hidden.size(); ++i) {
    layers_.push_back(
        register_module("layer" + std::to_string(i), MakeLinear(width, options.hidden[i], random)));
    width = options.hidden[i];
  }
  layers_.push_back(register_module("last", MakeLinear(width, 1, random)));
}

at::Tensor CriticNet::Forward(at::Tensor x, GanRandom* random) {
  for (size_t i = 0; i + 1 < layers_.size(); ++i) {
    x = at::leaky_relu(layers_[i]->forward(x), options_.slope);
    if (options_.dropout > 0 && is_training()) x = x * random->Keep(x.sizes(), 1 - options_.dropout);
  }
  return layers_.back()->forward(x);
}

}  // namespace stanflow
