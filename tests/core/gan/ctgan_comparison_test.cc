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

void ExpectSummaryOf(const nlohmann::json& summary, const std::string& name,
                     const std::function<double(const nlohmann::json&)>& figure) {
  const MeanAndVariance ours = OverSeeds(Comparison()["ours"], figure),
                        theirs = OverSeeds(Comparison()["package"], figure);
  EXPECT_NEAR(summary["difference"].get<double>(), ours.mean - theirs.mean, 1e-12) << name;
  EXPECT_NEAR(summary["deviation"].get<double>(), std::sqrt((ours.variance + theirs.variance) / 2), 1e-12)
      << name;
}

double Difference(const nlohmann::json& summary) { return summary["difference"]; }

TEST(CtganComparison, ItsSummaryIsThatOfItsTenSeeds) {
  ASSERT_EQ(Comparison()["ours"].size(), 10u);
  ASSERT_EQ(Comparison()["package"].size(), 10u);
  const nlohmann::json& summary = Comparison()["summary"];
  for (const char* name : {"auc", "association"}) {
    ExpectSummaryOf(summary[name], name,
                    [name](const nlohmann::json& run) { return run[name].get<double>(); });
  }
  for (const char* figure : {"jsd", "jsd_as_asked"}) {
    for (const auto& [column, unused] : Comparison()["ours"][0][figure].items()) {
      ExpectSummaryOf(summary[figure][column], column, [figure, name = column](const nlohmann::json& run) {
        return run[figure][name].get<double>();
      });
    }
    ExpectSummaryOf(summary[figure]["mean"], figure, [figure](const nlohmann::json& run) {
      double sum = 0;
      for (const auto& [unused, value] : run[figure].items()) sum += value.get<double>();
      return sum / static_cast<double>(run[figure].size());
    });
  }
}

TEST(CtganComparison, OursIsToldFromRealRowsAsThePackagesIsAndHasItsAssociation) {
  EXPECT_LT(std::abs(Difference(Comparison()["summary"]["auc"])), 0.03);
  const nlohmann::json& association = Comparison()["summary"]["association"];
  EXPECT_LT(std::abs(Difference(association)), association["deviation"].get<double>());
}

// From the real rows, and from those that answer the conditions; of every column, and of their mean.
TEST(CtganComparison, DivergencesAreThePackagesWithinTheBar) {
  for (const char* figure : {"jsd", "jsd_as_asked"}) {
    const nlohmann::json& summaries = Comparison()["summary"][figure];
    ASSERT_EQ(summaries.size(), 7u);
    for (const auto& [column, summary] : summaries.items()) {
      EXPECT_LT(std::abs(Difference(summary)), 0.005) << figure << " " << column;
    }
  }
}

}  // namespace
}  // namespace stanflow
