#include "core/eval/random_forest.h"

#include <cmath>

#include "core/base/worker_pool.h"
#include "gtest/gtest.h"
#include "tests/core/eval/golden.h"

namespace stanflow {
namespace {

struct Rows {
  FeatureMatrix features{5, {}};
  std::vector<int> classes;
};

Rows ForestRows(int count, uint64_t seed) {
  const std::vector<double> u = LehmerUniforms(4 * count, seed);
  Rows out;
  for (int i = 0; i < count; ++i) {
    const double a = u[4 * i], b = u[4 * i + 1], c = u[4 * i + 2], d = u[4 * i + 3];
    const int protocol = a < 0.6 ? 0 : a < 0.9 ? 1 : 2, packets = 1 + static_cast<int>(20 * b * b);
    const int size = packets * (40 + static_cast<int>(60 * c));
    const double stays = size < 400 ? 0.85 : 0.55;
    for (int x : {size, packets, int{protocol == 0}, int{protocol == 1}, int{protocol == 2}})
      out.features.values.push_back(static_cast<float>(x));
    out.classes.push_back(d < stays ? protocol : d < stays + 0.1 ? (protocol + 1) % 3 : 0);
  }
  return out;
}

TEST(RandomForest, HasScikitLearnsMacroF1) {
  const Rows train = ForestRows(4000, 71), test = ForestRows(4000, 72);
  double sum = 0;
  for (uint64_t seed = 0; seed < 5; ++seed) {
    const auto got = RandomForestClasses(train.features, train.classes, test.features, {100, seed});
    ASSERT_TRUE(got.ok()) << got.status();
    sum += MacroF1(test.classes, *got);
  }
  EXPECT_NEAR(sum / 5, GoldenValues()["random_forest"]["macro_f1"].get<double>(), 0.02);
}

TEST(RandomForest, ItsSeedAloneDecidesWhateverRunsBesideIt) {
  const Rows train = ForestRows(500, 1), test = ForestRows(300, 2);
  const auto fit = [&](uint64_t seed) {
    return RandomForestClasses(train.features, train.classes, test.features, {20, seed}).value();
  };
  const std::vector<int> first = fit(7);
  std::vector<std::vector<int>> got(8);
  WorkerPool pool(4);
  ASSERT_TRUE(pool.RunUntilError(got.size(),
                                 [&](size_t i) {
                                   got[i] = fit(i % 2 == 0 ? 7 : i);
                                   return absl::OkStatus();
                                 })
                  .ok());
  for (size_t i = 0; i < got.size(); i += 2) EXPECT_EQ(got[i], first);
  EXPECT_NE(got[1], first);
}

TEST(RandomForest, OfOneClassAnswersThatClass) {
  const auto got = RandomForestClasses({1, {1, 2, 3}}, {2, 2, 2}, {1, {9}}, {5, 1});
  ASSERT_TRUE(got.ok());
  EXPECT_EQ(*got, std::vector<int>{2});
  EXPECT_TRUE(absl::IsInvalidArgument(RandomForestClasses({1, {}}, {}, {1, {9}}, {5, 1}).status()));
}

TEST(MacroF1, IsTheMeanOverTheClassesThatOccur) {
  EXPECT_EQ(MacroF1({0, 1, 2}, {0, 1, 2}), 1);
  // Class 0: 2 of 3 found, none wrong: 4/5; class 1: one right, one wrong: 2/3; class 2 occurs nowhere.
  EXPECT_DOUBLE_EQ(MacroF1({0, 0, 0, 1}, {0, 0, 1, 1}), (0.8 + 2.0 / 3) / 2);
  EXPECT_DOUBLE_EQ(MacroF1({0, 0}, {0, 2}), (2.0 / 3) / 2);
}

}  // namespace
}  // namespace stanflow
