#ifndef STANFLOW_CORE_GAN_GAN_RANDOM_H_
#define STANFLOW_CORE_GAN_GAN_RANDOM_H_

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace stanflow {

// All random numbers of a training run, in one order, from one seed, all 64 bits of which count. They are
// drawn on the CPU, so that a run sees the same ones on every device, and handed out on the run's device. One
// thread at a time.
class GanRandom {
 public:
  GanRandom(uint64_t seed, const at::Device& device);

  at::Tensor Normal(at::IntArrayRef size);
  at::Tensor Uniform(at::IntArrayRef size);  // [0, 1)
  at::Tensor Gumbel(at::IntArrayRef size);
  // Dropout's factors: 1 / `share` with probability `share`, else 0.
  at::Tensor Keep(at::IntArrayRef size, double share);
  // For choices that the host makes: doubles of [0, 1), and an order of 0 to n - 1.
  std::vector<double> HostUniforms(int64_t n);
  std::vector<int64_t> HostPermutation(int64_t n);
  // Fills `tensor` (on the CPU) with uniforms of [-bound, bound).
  void FillUniform(at::Tensor tensor, double bound);

  // Everything that decides the numbers to come, as bytes.
  at::Tensor state() const { return generator_.get_state(); }
  void set_state(const at::Tensor& state) { generator_.set_state(state); }

 private:
  at::Generator generator_;
  const at::Device device_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GAN_GAN_RANDOM_H_
