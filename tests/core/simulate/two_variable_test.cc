#include "core/simulate/two_variable.h"

#include <cmath>

#include "gtest/gtest.h"

namespace stanflow {
namespace {

double Correlation(const double* a, const double* b, size_t n) {
  double ma = 0, mb = 0, ab = 0, aa = 0, bb = 0;
  for (size_t i = 0; i < n; ++i) {
    ma += a[i] / static_cast<double>(n);
    mb += b[i] / static_cast<double>(n);
  }
  for (size_t i = 0; i < n; ++i) {
    ab += (a[i] - ma) * (b[i] - mb);
    aa += (a[i] - ma) * (a[i] - ma);
    bb += (b[i] - mb) * (b[i] - mb);
  }
  return ab / std::sqrt(aa * bb);
}

TEST(TwoVariables, HaveTheCorrelationsThatThePaperPrints) {
  for (const uint64_t seed : {1, 2, 3}) {
    const TwoVariableSample sample = SimulateTwoVariables(seed);
    ASSERT_EQ(sample.x.size(), 10000u);
    ASSERT_EQ(sample.y.size(), 10000u);
    EXPECT_NEAR(Correlation(sample.x.data() + 1, sample.x.data(), 9999), 0.9, 0.02);
    EXPECT_NEAR(Correlation(sample.x.data(), sample.y.data(), 10000), 0.9, 0.02);
  }
}

TEST(TwoVariables, TheirNoiseIsStandardNormalTimesOneTenth) {
  const TwoVariableSample sample = SimulateTwoVariables(7, 50000);
  double x_squares = 0, y_squares = 0;
  for (size_t i = 1; i < sample.x.size(); ++i) {
    x_squares += std::pow((sample.x[i] - 0.9 * sample.x[i - 1]) / 0.1, 2);
    y_squares += std::pow((sample.y[i] - 0.9 * sample.x[i]) / 0.1, 2);
  }
  EXPECT_NEAR(x_squares / 50000, 1, 0.03);
  EXPECT_NEAR(y_squares / 50000, 1, 0.03);
}

TEST(TwoVariables, ASeedIsASample) {
  EXPECT_EQ(SimulateTwoVariables(1, 100).y, SimulateTwoVariables(1, 100).y);
  EXPECT_NE(SimulateTwoVariables(1, 100).y, SimulateTwoVariables(2, 100).y);
}

}  // namespace
}  // namespace stanflow
