#include "core/model/mlp_regressor.h"

#include <cmath>

#include "gtest/gtest.h"
#include "tests/core/eval/golden.h"

namespace stanflow {
namespace {

struct Rows {
  FeatureMatrix features{25, {}};
  std::vector<float> targets;
};

// As in tests/core/eval/recipes/golden_values.py.
Rows RegressionRows(int count, uint64_t seed) {
  const std::vector<double> uniforms = LehmerUniforms(26 * count, seed);
  Rows out;
  for (int i = 0; i < count; ++i) {
    const double* u = &uniforms[26 * i];
    for (int f = 0; f < 25; ++f) out.features.values.push_back(static_cast<float>(u[f] * (1 + 100 * f)));
    out.targets.push_back(static_cast<float>(5 + 3 * std::sin(4 * u[0]) + 4 * u[1] * u[2] + u[3] -
                                             std::abs(u[4] - 0.5) + 0.6 * u[25]));
  }
  return out;
}

double SquaredError(const std::vector<float>& got, const std::vector<float>& expected) {
  double sum = 0;
  for (size_t i = 0; i < got.size(); ++i) sum += std::pow(static_cast<double>(got[i]) - expected[i], 2);
  return sum / static_cast<double>(got.size());
}

// On the recipe's rows, over as many seeds.
double MeanError(const RegressorFitter& fit) {
  const Rows train = RegressionRows(4000, 81), test = RegressionRows(2000, 82);
  double sum = 0;
  for (uint64_t seed = 0; seed < 5; ++seed) {
    const auto got = fit(train.features, train.targets, test.features, seed);
    EXPECT_TRUE(got.ok()) << got.status();
    sum += got.ok() ? SquaredError(*got, test.targets) : INFINITY;
  }
  return sum / 5;
}

TEST(MlpRegressor, HasScikitLearnsErrorWithinATenth) {
  const auto golden = GoldenValues()["mlp_regressor"];
  MlpOptions options;
  options.round_steps = 1;  // scikit-learn's judge comes after each epoch
  const double expected = golden["squared_error"];
  EXPECT_NEAR(
      MeanError([&](const FeatureMatrix& train, absl::Span<const float> targets, const FeatureMatrix& test,
                    uint64_t seed) { return FitMlpRegressor(train, targets, test, seed, options); }),
      expected, 0.1 * expected);
  EXPECT_LT(expected, 0.2 * golden["variance"].get<double>());
}

// Its rounds are two epochs here, so that it trains longer and may be better.
TEST(MlpRegressor, TheTasksOwnIsNoWorseThanScikitLearnsByMoreThanATenth) {
  EXPECT_LT(MeanError(FitTaskMlp), 1.1 * GoldenValues()["mlp_regressor"]["squared_error"].get<double>());
}

TEST(MlpRegressor, RefusesNumbersThatAreNotFinite) {
  const FeatureMatrix rows{1, {1, 2, 3}};
  EXPECT_TRUE(FitTaskMlp(rows, {1, 2, 3}, rows, 1).ok());
  for (const float bad : {NAN, INFINITY}) {
    const FeatureMatrix damaged{1, {1, bad, 3}};
    EXPECT_TRUE(absl::IsInvalidArgument(FitTaskMlp(damaged, {1, 2, 3}, rows, 1).status()));
    EXPECT_TRUE(absl::IsInvalidArgument(FitTaskMlp(rows, {1, bad, 3}, rows, 1).status()));
    EXPECT_TRUE(absl::IsInvalidArgument(FitTaskMlp(rows, {1, 2, 3}, damaged, 1).status()));
  }
}

TEST(MlpRegressor, ItsSeedDecides) {
  const Rows train = RegressionRows(300, 1), test = RegressionRows(20, 2);
  const auto fit = [&](uint64_t seed) {
    return FitTaskMlp(train.features, train.targets, test.features, seed).value();
  };
  EXPECT_EQ(fit(1), fit(1));
  EXPECT_NE(fit(1), fit(2));
}

TEST(MlpRegressor, TakesConstantColumnsAndTargetsAndFewRows) {
  const FeatureMatrix train{2, {1, 5, 2, 5, 3, 5}}, test{2, {2, 5, 2, 6}};
  const auto constant = FitTaskMlp(train, {4, 4, 4}, test, 1);
  ASSERT_TRUE(constant.ok()) << constant.status();
  EXPECT_EQ(*constant, (std::vector<float>{4, 4}));
  const auto few = FitTaskMlp(train, {1, 2, 3}, test, 1);
  ASSERT_TRUE(few.ok()) << few.status();
  EXPECT_TRUE(std::isfinite((*few)[0]));
  EXPECT_EQ((*few)[0], (*few)[1]);  // the column that never varied says nothing
  EXPECT_TRUE(absl::IsInvalidArgument(FitTaskMlp({2, {1, 2}}, {1}, test, 1).status()));
}

}  // namespace
}  // namespace stanflow
