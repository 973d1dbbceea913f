#include <cmath>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

// What recipes/compare_ctgan.py found; docs/results.md says of it what is claimed here.
const nlohmann::json& Comparison() {
  static const auto* const json = [] {
    std::ifstream file(STANFLOW_GOLDEN_DIR "/ctgan_comparison.json");
    return new nlohmann::json(nlohmann::json::parse(file));
  }();
  return *json;
}

struct MeanAndVariance {
  double mean = 0, variance = 0;
};

MeanAndVariance OverSeeds(const nlohmann::json& runs,
                          const std::function<double(const nlohmann::json&)>& figure) {
  MeanAndVariance out;
  const auto n = static_cast<double>(runs.size());
  for (const auto& run : runs) out.mean += figure(run) / n;
  for (const auto& run : runs) out.variance += std::pow(figure(run) - out.mean, 2) / (n - 1);
  return out;
}

void ExpectSummaryOf(const std::string& name, const std::function<double(const nlohmann::json&)>& figure) {
  const MeanAndVariance ours = OverSeeds(Comparison()["ours"], figure),
                        theirs = OverSeeds(Comparison()["package"], figure);
  const auto& summary = Comparison()["summary"][name];
  EXPECT_NEAR(summary["difference"].get<double>(), ours.mean - theirs.mean, 1e-12) << name;
  EXPECT_NEAR(summary["deviation"].get<double>(), std::sqrt((ours.variance + theirs.variance) / 2), 1e-12)
      << name;
}

double Difference(const std::string& name) { return Comparison()["summary"][name]["difference"]; }

TEST(CtganComparison, ItsSummaryIsThatOfItsThreeSeeds) {
  ASSERT_EQ(Comparison()["ours"].size(), 3u);
  ASSERT_EQ(Comparison()["package"].size(), 3u);
  for (const char* name : {"auc", "association"})
    ExpectSummaryOf(name, [name](const nlohmann::json& run) { return run[name].get<double>(); });
  for (const auto& [column, unused] : Comparison()["ours"][0]["jsd"].items()) {
    ExpectSummaryOf(column,
                    [name = column](const nlohmann::json& run) { return run["jsd"][name].get<double>(); });
  }
}

TEST(CtganComparison, OursIsToldFromRealRowsAsThePackagesIsAndHasItsAssociation) {
  EXPECT_LT(std::abs(Difference("auc")), 0.03);
  EXPECT_LT(std::abs(Difference("association")),
            Comparison()["summary"]["association"]["deviation"].get<double>());
}

TEST(CtganComparison, ColumnsDifferByLessThanAHundredthButForTheOneThatOursHasNearer) {
  for (const char* column : {"kind", "colour"}) EXPECT_LT(std::abs(Difference(column)), 0.005) << column;
  for (const char* column : {"wait", "rate", "rare"}) {
    EXPECT_GT(Difference(column), 0.005) << column;
    EXPECT_LT(Difference(column), 0.0085) << column;
  }
  EXPECT_NEAR(Difference("size"), -0.015, 0.0005);
}

TEST(CtganComparison, OnlyTheRareColumnsDifferenceIsMoreThanItsSeedsExplain) {
  const auto standard_errors = [](const char* column) {
    const double deviation = Comparison()["summary"][column]["deviation"];
    return std::abs(Difference(column)) / (deviation * std::sqrt(2.0 / 3));
  };
  EXPECT_NEAR(standard_errors("rare"), 3, 0.1);
  for (const char* column : {"size", "wait", "rate", "kind", "colour"})
    EXPECT_LT(standard_errors(column), 2) << column;
}

}  // namespace
}  // namespace stanflow
