#include "core/generate/baselines/gaussian_mixture.h"

#include <cmath>

#include "core/base/philox.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/core/eval/golden.h"

namespace stanflow {
namespace {

// As `values` of the recipe.
std::vector<double> RecipeValues() {
  const std::vector<double> u = LehmerUniforms(6000, 21);
  std::vector<double> out;
  for (int i = 0; i < 2000; ++i) {
    const double a = u[3 * i], sum = u[3 * i + 1] + u[3 * i + 2];
    out.push_back(std::floor(a < 0.5 ? 4 * sum : a < 0.8 ? 50 + 20 * sum : 200 + 90 * sum));
  }
  return out;
}

void ExpectNear(const std::vector<double>& got, const nlohmann::json& golden, double relative) {
  ASSERT_EQ(got.size(), golden.size());
  for (size_t i = 0; i < got.size(); ++i)
    EXPECT_NEAR(got[i], golden[i].get<double>(), relative * std::abs(got[i]));
}

double MeanLogDensity(const GaussianMixture& mixture, const std::vector<double>& values) {
  double sum = 0;
  for (double v : values) sum += mixture.LogDensity(v);
  return sum / static_cast<double>(values.size());
}

TEST(GaussianMixture, ExpectationMaximisationEqualsScikitLearnsFromTheSameStart) {
  const auto golden = GoldenValues()["gaussian_mixture"];
  GaussianMixtureFitOptions options;
  options.max_iterations = golden["iterations"];
  options.tolerance = -1;  // never early
  const auto& start = golden["start"];
  const GaussianMixture mixture = internal::Maximise(
      Distinct(RecipeValues()), {start["weights"], start["means"], start["deviations"]}, options);
  ExpectNear(mixture.weights, golden["weights"], 1e-9);
  ExpectNear(mixture.means, golden["means"], 1e-9);
  ExpectNear(mixture.deviations, golden["deviations"], 1e-9);
  EXPECT_NEAR(MeanLogDensity(mixture, RecipeValues()), golden["mean_log_density"].get<double>(), 1e-9);
}

TEST(GaussianMixture, ItsOwnStartReachesAsGoodAFitAndIsRepeatable) {
  GaussianMixtureFitOptions options;
  options.components = 3;
  const auto a = FitGaussianMixture(RecipeValues(), options), b = FitGaussianMixture(RecipeValues(), options);
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_EQ(a->means, b->means);
  EXPECT_GT(MeanLogDensity(*a, RecipeValues()),
            GoldenValues()["gaussian_mixture"]["mean_log_density"].get<double>() - 0.01);
}

TEST(GaussianMixture, FewDistinctValuesGiveFewerComponents) {
  const auto one = FitGaussianMixture({5, 5, 5}, {}), two = FitGaussianMixture({0, 0, 0, 8}, {});
  ASSERT_TRUE(one.ok() && two.ok());
  EXPECT_EQ(one->means, std::vector<double>{5});
  EXPECT_EQ(two->weights.size(), 2);
  EXPECT_NEAR(two->LogMass(-0.5, 0.5), std::log(0.75), 1e-6);
  EXPECT_TRUE(absl::IsInvalidArgument(FitGaussianMixture({}, {}).status()));
}

TEST(GaussianMixture, MassesOfIntervalsSumToOne) {
  const GaussianMixture mixture{{0.3, 0.7}, {0, 40}, {0.01, 15}};
  double sum = std::exp(mixture.LogMass(-INFINITY, -100)) + std::exp(mixture.LogMass(200, INFINITY));
  for (int i = -100; i < 200; ++i) sum += std::exp(mixture.LogMass(i, i + 1));
  EXPECT_NEAR(sum, 1, 1e-12);
}

TEST(GaussianMixture, MassKeepsItsDigitsFarOutAndInNarrowIntervals) {
  const GaussianMixture normal{{1}, {0}, {1}};
  // ln of the upper tail at 40 (Mills' ratio), where the CDF is 1 in doubles.
  EXPECT_NEAR(normal.LogMass(40, INFINITY), -804.608442013754, 1e-6);
  EXPECT_NEAR(normal.LogMass(-INFINITY, -40), -804.608442013754, 1e-6);
  EXPECT_NEAR(normal.LogMass(6, 6 + 1e-12), normal.LogDensity(6) + std::log(1e-12), 1e-3);
  // Both ways of computing agree where one takes over from the other.
  EXPECT_NEAR(normal.LogMass(3, 3 + 0.99e-4) - std::log(0.99),
              normal.LogMass(3, 3 + 1.01e-4) - std::log(1.01), 1e-5);
  EXPECT_NEAR(normal.LogMass(-1, 2), std::log(0.8185946141203638), 1e-12);
}

TEST(GaussianMixture, DrawsFollowTheMasses) {
  const GaussianMixture mixture{{0.25, 0.75}, {-5, 10}, {1, 3}};
  constexpr int kDraws = 40000;
  int low = 0, high = 0;
  for (uint64_t i = 0; i < kDraws; ++i) {
    const auto u = Uniform2({1, 0, 0, i, 0}), v = Uniform2({1, 0, 0, i, 1});
    const double x = mixture.Draw(u[0], v[0], v[1]);
    low += x <= -4;
    high += x > 13;
  }
  EXPECT_NEAR(low / double(kDraws), std::exp(mixture.LogMass(-INFINITY, -4)), 0.01);
  EXPECT_NEAR(high / double(kDraws), std::exp(mixture.LogMass(13, INFINITY)), 0.01);
}

TEST(GaussianMixture, DamagedTensorsAreRefused) {
  const GaussianMixture mixture{{0.5, 0.5}, {0, 1}, {1, 1}};
  for (const GaussianMixture& bad : {GaussianMixture{{0.5, 0.5}, {0, 1}, {1, 0}},
                                     {{0.5, 0.5}, {1}, {1, 1}},
                                     {{0.5, 0.1}, {0, 1}, {1, 1}},
                                     {{1.5, -0.5}, {0, 1}, {1, 1}},
                                     {{0.5, 0.5}, {0, NAN}, {1, 1}},
                                     {}}) {
    TensorFile file;
    bad.Store("m", &file);
    EXPECT_TRUE(absl::IsDataLoss(GaussianMixture::Load("m", file).status()));
  }
  TensorFile file;
  mixture.Store("m", &file);
  EXPECT_EQ(GaussianMixture::Load("m", file)->means, mixture.means);
  EXPECT_TRUE(absl::IsDataLoss(GaussianMixture::Load("other", file).status()));
}

}  // namespace
}  // namespace stanflow
