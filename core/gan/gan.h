#ifndef STANFLOW_CORE_GAN_GAN_H_
#define STANFLOW_CORE_GAN_GAN_H_

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <cstdint>

#include "core/gan/gan_random.h"

namespace stanflow {

// How a GAN is stepped. Adam for both nets.
struct GanSchedule {
  int epochs = 300;
  int batch_rows = 500;
  int critic_steps = 1;  // before each of the generator's
  double generator_rate = 2e-4, critic_rate = 2e-4;
  double generator_decay = 1e-6, critic_decay = 1e-6;  // of weights, as part of the gradient
  double beta1 = 0.5, beta2 = 0.9;
};

// A generator and a critic in training, with the rows that they learn from: what the one trainer
// (gan_trainer.h) steps. Random numbers come from the trainer's `random`, and nothing else changes from call
// to call but the nets: the order of calls decides all results. One thread at a time.
class Gan {
 public:
  virtual ~Gan() = default;

  virtual const GanSchedule& schedule() const = 0;
  virtual uint64_t rows() const = 0;  // that an epoch passes, a last part of a batch left out
  virtual torch::nn::Module* generator() = 0;
  virtual torch::nn::Module* critic() = 0;
  // What one critic step lowers. `distance` gets the critic's mean over real rows less that over generated
  // ones: an estimate of how far apart they are.
  virtual at::Tensor CriticLoss(GanRandom* random, at::Tensor* distance) = 0;
  virtual at::Tensor GeneratorLoss(GanRandom* random) = 0;
  // After the last step: what the generator needs besides trained weights.
  virtual void Finish(GanRandom* random) = 0;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GAN_GAN_H_
