#include "core/eval/divergence.h"

#include <cmath>

#include "gtest/gtest.h"
#include "tests/core/eval/golden.h"

namespace stanflow {
namespace {

TEST(Divergence, EqualsSciPysSquaredDistanceOfTheSmoothedHistograms) {
  for (const auto& golden : GoldenValues()["jensen_shannon"]) {
    const int bins = golden["bins"];
    std::vector<double> p = {99, 0, 0, 0, 0}, q = {0, 0, 0, 0, 99};
    if (golden["seed"] != 0) {
      const std::vector<double> u = LehmerUniforms(2 * bins, golden["seed"]);
      p.clear();
      q.clear();
      for (int i = 0; i < bins; ++i) {
        p.push_back(std::floor(1000 * u[i] * u[i]));
        q.push_back(std::floor(800 * u[bins + i]));
      }
    }
    EXPECT_NEAR(JensenShannon(p, q), golden["divergence"].get<double>(), 1e-12) << bins << " bins";
  }
}

TEST(Divergence, IsZeroForEqualHistogramsAndTheSameBothWays) {
  const std::vector<double> p = {10, 0, 5}, q = {1, 7, 2};
  EXPECT_EQ(JensenShannon(p, p), 0);
  EXPECT_DOUBLE_EQ(JensenShannon(p, q), JensenShannon(q, p));
}

TEST(Divergence, OfDisjointLargeHistogramsComesNearItsBoundLn2) {
  EXPECT_NEAR(JensenShannon(std::vector<double>{1e9, 0}, std::vector<double>{0, 1e9}), std::log(2), 1e-6);
}

}  // namespace
}  // namespace stanflow
