#include "core/simulate/random.h"

#include <cmath>
#include <map>

#include "gtest/gtest.h"

namespace stanflow {
namespace {

constexpr int kDraws = 40000;

template <typename Draw>
std::pair<double, double> MeanAndDeviation(Draw draw) {
  Random random(3, 1, 4);
  double sum = 0, squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double value = draw(&random);
    sum += value;
    squares += value * value;
  }
  const double mean = sum / kDraws;
  return {mean, std::sqrt(squares / kDraws - mean * mean)};
}

TEST(Random, TheSameNameGivesTheSameDrawsAndAnotherGivesOthers) {
  Random a(1, 2, 3), b(1, 2, 3), c(1, 2, 4);
  int equal = 0;
  for (int i = 0; i < 1000; ++i) {
    const double draw = a.Uniform();
    ASSERT_EQ(draw, b.Uniform());
    equal += draw == c.Uniform();
  }
  EXPECT_EQ(equal, 0);
}

TEST(Random, DistributionsHaveTheirMoments) {
  const auto normal = MeanAndDeviation([](Random* r) { return r->Normal(); });
  EXPECT_NEAR(normal.first, 0, 0.02);
  EXPECT_NEAR(normal.second, 1, 0.02);
  const auto exponential = MeanAndDeviation([](Random* r) { return r->Exponential(5); });
  EXPECT_NEAR(exponential.first, 5, 0.15);
  EXPECT_NEAR(exponential.second, 5, 0.2);
  const auto log = MeanAndDeviation([](Random* r) { return std::log(r->LogNormal(100, 0.5)); });
  EXPECT_NEAR(log.first, std::log(100), 0.02);
  EXPECT_NEAR(log.second, 0.5, 0.02);
  EXPECT_NEAR(MeanAndDeviation([](Random* r) { return static_cast<double>(r->Geometric(2.5)); }).first, 2.5,
              0.05);
}

TEST(Random, IntegersStayWithinTheirBoundsAndReachThem) {
  Random random(1, 1, 1);
  std::map<uint64_t, int> between, zipf;
  for (int i = 0; i < kDraws; ++i) {
    ++between[random.Between(3, 6)];
    ++zipf[random.Zipf(10)];
    ASSERT_GE(random.Geometric(1), 1u);
  }
  EXPECT_EQ(between.size(), 4u);
  EXPECT_EQ(between.begin()->first, 3u);
  EXPECT_EQ(zipf.size(), 10u);
  for (uint64_t rank = 1; rank < 10; ++rank) EXPECT_LT(zipf[rank], zipf[rank - 1]) << rank;
}

}  // namespace
}  // namespace stanflow
