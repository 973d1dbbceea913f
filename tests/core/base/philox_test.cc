#include "core/base/philox.h"

#include <cmath>

#include "gtest/gtest.h"

namespace stanflow {
namespace {

// Known answers of the authors' library (Random123, kat_vectors, philox4x32 with 10 rounds).
TEST(Philox, GivesTheAuthorsKnownAnswers) {
  EXPECT_EQ(Philox4x32({0, 0, 0, 0}, {0, 0}),
            (std::array<uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(Philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (std::array<uint32_t, 4>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(Philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (std::array<uint32_t, 4>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, EveryPartOfADrawsNameChangesIt) {
  const auto base = Uniform2({1, 2, 3, 4, 5});
  EXPECT_EQ(base, Uniform2({1, 2, 3, 4, 5}));
  EXPECT_NE(base, Uniform2({9, 2, 3, 4, 5}));
  EXPECT_NE(base, Uniform2({1, 9, 3, 4, 5}));
  EXPECT_NE(base, Uniform2({1, 2, 9, 4, 5}));
  EXPECT_NE(base, Uniform2({1, 2, 3, 9, 5}));
  EXPECT_NE(base, Uniform2({1, 2, 3, 4, 9}));
  EXPECT_NE(base, Uniform2({1, 2, 3, 4 + (uint64_t{1} << 32), 5}));
}

TEST(Philox, UniformsLieInTheUnitIntervalAroundOneHalf) {
  double sum = 0;
  constexpr int kDraws = 10000;
  for (uint64_t row = 0; row < kDraws; ++row) {
    for (const double u : Uniform2({7, 0, 0, row, 0})) {
      ASSERT_GE(u, 0);
      ASSERT_LT(u, 1);
      sum += u / (2 * kDraws);
    }
  }
  EXPECT_NEAR(sum, 0.5, 0.01);
}

TEST(Philox, StandardNormalsHaveTheMassesOfTheDistribution) {
  constexpr int kDraws = 20000;
  int below[5] = {};
  for (uint64_t row = 0; row < kDraws; ++row) {
    const auto u = Uniform2({7, 0, 0, row, 0});
    const double z = StandardNormal(u[0], u[1]);
    for (int i = 0; i < 5; ++i) below[i] += z <= i - 2;
  }
  for (int i = 0; i < 5; ++i)
    EXPECT_NEAR(below[i] / static_cast<double>(kDraws), 0.5 * std::erfc((2 - i) * M_SQRT1_2), 0.015) << i - 2;
  EXPECT_EQ(StandardNormal(0, 0), 0);
  EXPECT_TRUE(std::isfinite(StandardNormal(std::nextafter(1.0, 0.0), 0.5)));
}

}  // namespace
}  // namespace stanflow
