#include "core/gan/bayesian_mixture.h"

#include <cmath>
#include <fstream>

#include "core/gan/digamma.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

// What recipes/bayesian_mixture.py wrote.
nlohmann::json Golden() {
  std::ifstream file(STANFLOW_GOLDEN_DIR "/bayesian_mixture_golden.json");
  return nlohmann::json::parse(file);
}

// As `column` of the recipe.
std::vector<double> RecipeColumn(uint64_t seed, bool whole) {
  const auto next = [&seed] {
    seed = seed * 48271 % 2147483647;
    return static_cast<double>(seed) / 2147483647;
  };
  std::vector<double> out;
  for (int i = 0; i < 1500; ++i) {
    const double a = next(), b = next(), c = next();
    const double value = a < 0.5 ? 4 * (b + c) : a < 0.8 ? 50 + 20 * (b + c) : 200 + 90 * (b + c);
    out.push_back(whole ? std::floor(value) : value);
  }
  return out;
}

TEST(Digamma, EqualsSciPys) {
  for (const auto& pair : Golden()["digamma"]) {
    const double want = pair[1];
    EXPECT_NEAR(Digamma(pair[0]), want, 1e-12 * std::max(1.0, std::abs(want))) << pair[0];
  }
}

TEST(BayesianMixture, EqualsScikitLearnsFromTheSameStart) {
  for (const auto& golden : Golden()["cases"]) {
    BayesianMixtureOptions options;
    options.max_iterations = golden["max_iterations"];
    const auto mixture = RefineBayesianMixture(RecipeColumn(golden["seed"], golden["whole"]),
                                               golden["centres"].get<std::vector<double>>(), options);
    ASSERT_TRUE(mixture.ok()) << mixture.status();
    EXPECT_EQ(mixture->iterations, golden["iterations"].get<int>());
    const double bound = golden["lower_bound"];
    EXPECT_NEAR(mixture->lower_bound, bound, 1e-8 * std::abs(bound));
    for (size_t k = 0; k < mixture->components.size(); ++k) {
      const auto& c = mixture->components[k];
      EXPECT_NEAR(c.weight, golden["weights"][k].get<double>(), 1e-7) << k;
      EXPECT_NEAR(c.mean, golden["means"][k].get<double>(), 1e-6 * std::abs(c.mean)) << k;
      EXPECT_NEAR(c.variance, golden["variances"][k].get<double>(), 1e-6 * c.variance) << k;
    }
    for (size_t i = 0; i < golden["probes"].size(); ++i) {
      const auto r = mixture->Responsibilities(golden["probes"][i]);
      for (size_t k = 0; k < r.size(); ++k) {
        EXPECT_NEAR(r[k], golden["responsibilities"][i][k].get<double>(), 1e-6) << i << " " << k;
      }
    }
  }
}

TEST(BayesianMixture, ItsOwnStartFindsTheClustersAndNeedsFewOfItsComponents) {
  const auto values = RecipeColumn(34, false);
  const auto a = FitBayesianMixture(values, {}, 5), b = FitBayesianMixture(values, {}, 5);
  ASSERT_TRUE(a.ok() && b.ok());
  double low = 0, middle = 0, high = 0;
  for (size_t k = 0; k < a->components.size(); ++k) {
    const auto& c = a->components[k];
    EXPECT_EQ(c.mean, b->components[k].mean);
    (c.mean < 20 ? low : c.mean < 120 ? middle : high) += c.weight;
  }
  EXPECT_NEAR(low, 0.5, 0.05);
  EXPECT_NEAR(middle, 0.3, 0.05);
  EXPECT_NEAR(high, 0.2, 0.05);
}

TEST(BayesianMixture, AColumnOfOneValueIsOneNarrowComponent) {
  const auto mixture = FitBayesianMixture({7, 7, 7, 7}, {}, 1);
  ASSERT_TRUE(mixture.ok());
  ASSERT_EQ(mixture->components.size(), 1u);
  EXPECT_DOUBLE_EQ(mixture->components[0].mean, 7);
  EXPECT_GT(mixture->components[0].variance, 0);
  EXPECT_LT(mixture->components[0].variance, 1e-5);
  EXPECT_TRUE(absl::IsInvalidArgument(FitBayesianMixture({}, {}, 1).status()));
}

}  // namespace
}  // namespace stanflow
