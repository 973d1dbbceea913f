#include "core/codec/continuous_codec.h"

#include <cmath>
#include <map>
#include <vector>

#include "core/base/philox.h"
#include "gtest/gtest.h"

namespace stanflow {
namespace {

constexpr float kLogWeights[] = {-0.5108256f, -0.9162907f};  // ln .6, ln .4
constexpr float kMeans[] = {0.2f, 0.7f};
constexpr float kLogDeviations[] = {-3.0f, -1.5f};
const MixtureView kMixture = {kLogWeights, kMeans, kLogDeviations};

ContinuousCodec Make(ContinuousCodec::Options options) { return ContinuousCodec::Create(options).value(); }

TEST(ContinuousCodec, EveryValueOfItsRangeComesBack) {
  const ContinuousCodec linear = Make({false, 1430, 1, 0, 1430});
  for (uint64_t v = 0; v <= 1430; ++v) EXPECT_EQ(linear.Decode(linear.Encode(v)), v);
  const ContinuousCodec logarithmic = Make({true, 20.129, 1, 1, 552'000'000});
  for (uint64_t v = 1; v < 552'000'000; v += v / 3 + 1)
    EXPECT_EQ(logarithmic.Decode(logarithmic.Encode(v)), v);
  const ContinuousCodec grid = Make({false, 363000, 4, 0, 363000});
  for (uint64_t v = 0; v <= 363000; v += 4) EXPECT_EQ(grid.Decode(grid.Encode(v)), v);
}

TEST(ContinuousCodec, MassesOfAllValuesAddUpToOne) {
  for (const ContinuousCodec& codec :
       {Make({false, 1000, 1, 0, 1400}), Make({true, 7.0, 1, 1, 1500}), Make({false, 4000, 4, 0, 6000})}) {
    double sum = 0;
    for (uint64_t v = codec.options().min; v <= codec.options().max; v += codec.options().unit) {
      sum += std::exp(codec.LogMass(kMixture, v));
    }
    EXPECT_NEAR(sum, 1, 1e-9);
  }
}

TEST(ContinuousCodec, DrawsValuesAsOftenAsTheirMassesSay) {
  const ContinuousCodec codec = Make({false, 20, 1, 0, 25});
  constexpr int kDraws = 40000;
  std::map<uint64_t, int> seen;
  for (uint64_t i = 0; i < kDraws; ++i) {
    const auto u = Uniform2({1, 2, 3, i, 4});
    ++seen[codec.Sample(kMixture, u[0], u[1])];
  }
  for (uint64_t v = 0; v <= 25; ++v) {
    const double p = std::exp(codec.LogMass(kMixture, v));
    const double five_deviations = 5 * std::sqrt(p * (1 - p) / kDraws) + 1e-9;
    EXPECT_NEAR(static_cast<double>(seen[v]) / kDraws, p, five_deviations) << v;
  }
}

TEST(ContinuousCodec, RangesAddUpToTheWhole) {
  const ContinuousCodec codec = Make({true, 20.129, 1, 1, 552'000'000});
  double sum = 0;
  for (int bin = 0; bin < 200; ++bin) {
    const double low = bin == 0 ? -1e9 : bin * 20.129 / 200;
    const double high = bin == 199 ? 1e9 : (bin + 1) * 20.129 / 200;
    sum += std::exp(codec.LogMassBetween(kMixture, low, high));
  }
  EXPECT_NEAR(sum, 1, 1e-9);
}

TEST(ContinuousCodec, RefusesRangesThatMakeNoSense) {
  EXPECT_FALSE(ContinuousCodec::Create({true, 1, 1, 0, 10}).ok());
  EXPECT_FALSE(ContinuousCodec::Create({false, 0, 1, 0, 10}).ok());
  EXPECT_FALSE(ContinuousCodec::Create({false, 1, 1, 11, 10}).ok());
}

}  // namespace
}  // namespace stanflow
