#include "core/gan/gan_random.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include "core/base/philox.h"

namespace stanflow {
namespace {

// An exponential draw may be 0, whose logarithm would make a Gumbel draw infinite.
constexpr double kLeastExponential = 1e-30;

uint32_t Hash(uint32_t x) { return Philox4x32({x, 0, 0, 0}, {0x47414E53u, 0})[0]; }

// LibTorch's engine starts from 32 bits and drops the others. A seed below 2^32 is its own start.
uint32_t EngineSeed(uint64_t seed) {
  return static_cast<uint32_t>(seed) ^ Hash(static_cast<uint32_t>(seed >> 32)) ^ Hash(0);
}

}  // namespace

GanRandom::GanRandom(uint64_t seed, const at::Device& device)
    : generator_(at::detail::createCPUGenerator(EngineSeed(seed))), device_(device) {}

at::Tensor GanRandom::Normal(at::IntArrayRef size) {
  return at::randn(size, generator_, at::kFloat).to(device_);
}

at::Tensor GanRandom::Uniform(at::IntArrayRef size) {
  return at::rand(size, generator_, at::kFloat).to(device_);
}

at::Tensor GanRandom::Gumbel(at::IntArrayRef size) {
  at::Tensor draws = at::empty(size, at::kFloat).exponential_(1, generator_);
  return draws.clamp_min_(kLeastExponential).log_().neg_().to(device_);
}

at::Tensor GanRandom::Keep(at::IntArrayRef size, double share) {
  return at::empty(size, at::kFloat).bernoulli_(share, generator_).div_(share).to(device_);
}

std::vector<double> GanRandom::HostUniforms(int64_t n) {
  const at::Tensor draws = at::rand({n}, generator_, at::kDouble);
  return {draws.data_ptr<double>(), draws.data_ptr<double>() + n};
}

std::vector<int64_t> GanRandom::HostPermutation(int64_t n) {
  const at::Tensor order = at::randperm(n, generator_, at::kLong);
  return {order.data_ptr<int64_t>(), order.data_ptr<int64_t>() + n};
}

void GanRandom::FillUniform(at::Tensor tensor, double bound) { tensor.uniform_(-bound, bound, generator_); }

}  // namespace stanflow
