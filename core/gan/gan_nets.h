#ifndef STANFLOW_CORE_GAN_GAN_NETS_H_
#define STANFLOW_CORE_GAN_GAN_NETS_H_

#include <torch/nn/module.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/linear.h>

#include <cstdint>
#include <vector>

#include "core/gan/gan_random.h"

namespace stanflow {

struct GeneratorNetOptions {
  int64_t inputs = 0, outputs = 0;
  std::vector<int64_t> hidden;
  // True: every hidden layer is normalised over the batch, and its input goes on beside its output (CTGAN's
  // residual blocks). False: plain layers.
  bool residual = true;
};

// Noise (and a condition) to the raw outputs of a row: hidden layers with ReLU, a linear layer at the end.
// One thread at a time.
class GeneratorNet : public torch::nn::Module {
 public:
  GeneratorNet(const GeneratorNetOptions& options, GanRandom* random);

  at::Tensor Forward(const at::Tensor& x);
  const GeneratorNetOptions& options() const { return options_; }
  // One a hidden layer, in order, and the last one; norms() is empty unless residual.
  const std::vector<torch::nn::Linear>& layers() const { return layers_; }
  const std::vector<torch::nn::BatchNorm1d>& norms() const { return norms_; }

 private:
  const GeneratorNetOptions options_;
  std::vector<torch::nn::Linear> layers_;
  std::vector<torch::nn::BatchNorm1d> norms_;
};

struct CriticNetOptions {
  int64_t inputs = 0;
  std::vector<int64_t> hidden;
  double slope = 0.2;    // of the leaky ReLU
  double dropout = 0.5;  // share of a hidden layer's outputs set to 0 in training; 0: none
};

// A row (or several side by side) to one number, higher for real ones. Dropout is drawn from `random`.
class CriticNet : public torch::nn::Module {
 public:
  CriticNet(const CriticNetOptions& options, GanRandom* random);

  // [n, inputs] -> [n, 1].
  at::Tensor Forward(at::Tensor x, GanRandom* random);

 private:
  const CriticNetOptions options_;
  std::vector<torch::nn::Linear> layers_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GAN_GAN_NETS_H_
