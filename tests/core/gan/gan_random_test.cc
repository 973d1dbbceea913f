#include "core/gan/gan_random.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include "gtest/gtest.h"

namespace stanflow {
namespace {

std::vector<double> Draws(uint64_t seed) { return GanRandom(seed, at::kCPU).HostUniforms(8); }

TEST(GanRandom, TheSameSeedGivesTheSameNumbersAndAllItsBitsCount) {
  constexpr uint64_t kHigh = uint64_t{1} << 32;
  EXPECT_EQ(Draws(7), Draws(7));
  EXPECT_EQ(Draws(7 + kHigh), Draws(7 + kHigh));
  EXPECT_NE(Draws(7), Draws(8));
  EXPECT_NE(Draws(7), Draws(7 + kHigh));
  EXPECT_NE(Draws(7 + kHigh), Draws(7 + 2 * kHigh));
}

TEST(GanRandom, ASeedOf32BitsIsLibTorchsOwn) {
  const at::Tensor want = at::rand({8}, at::detail::createCPUGenerator(7), at::kDouble);
  const std::vector<double> got = Draws(7);
  for (int i = 0; i < 8; ++i) EXPECT_EQ(got[i], want[i].item<double>());
}

}  // namespace
}  // namespace stanflow
