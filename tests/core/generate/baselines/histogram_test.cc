#include "core/generate/baselines/histogram.h"

#include <numeric>

#include "core/base/philox.h"
#include "gtest/gtest.h"

namespace stanflow {
namespace {

double Sum(const Histogram& h) {
  double sum = 0;
  for (size_t v = 0; v < h.size(); ++v) sum += h.Mass(static_cast<uint32_t>(v));
  return sum;
}

TEST(Histogram, MassesSumToOneAndNoneIsZero) {
  for (const auto& counts : {std::vector<uint64_t>{5, 0, 1, 0}, {3, 4}, {0, 0, 0}, {7, 0}, {1, 1, 1}}) {
    const Histogram histogram(counts);
    EXPECT_NEAR(Sum(histogram), 1, 1e-12);
    for (size_t v = 0; v < histogram.size(); ++v) EXPECT_GT(histogram.Mass(static_cast<uint32_t>(v)), 0);
  }
}

TEST(Histogram, UnseenValuesShareTheSingletonsShareEvenly) {
  const Histogram histogram({8, 1, 1, 0, 0});
  EXPECT_DOUBLE_EQ(histogram.Mass(3), 3.0 / 12 / 2);
  EXPECT_DOUBLE_EQ(histogram.Mass(4), histogram.Mass(3));
  EXPECT_DOUBLE_EQ(histogram.Mass(0), (1 - 3.0 / 12) * 0.8);
}

TEST(Histogram, DrawsFollowTheMasses) {
  const Histogram histogram({60, 0, 39, 1});
  std::vector<double> hits(4);
  constexpr int kDraws = 40000;
  for (uint64_t i = 0; i < kDraws; ++i) ++hits[histogram.Draw(Uniform2({1, 0, 0, i, 0})[0])];
  for (uint32_t v = 0; v < 4; ++v) EXPECT_NEAR(hits[v] / kDraws, histogram.Mass(v), 0.01);
  EXPECT_EQ(histogram.Draw(0), 0);
  EXPECT_EQ(histogram.Draw(0.9999999999999999), 3);
}

}  // namespace
}  // namespace stanflow
