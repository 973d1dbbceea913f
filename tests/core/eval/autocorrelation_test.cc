#include "core/eval/autocorrelation.h"

#include <cmath>

#include "core/eval/metric.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/core/eval/eval_testing.h"
#include "tests/core/eval/golden.h"

namespace stanflow {
namespace {

TEST(Autocorrelation, EqualsNumPysWeightedCorrelationOfThePairsWithinRuns) {
  const std::vector<double> u = LehmerUniforms(600, 41);
  std::vector<std::vector<float>> values;
  std::vector<WeightedRun> runs;
  size_t at = 0;
  for (const auto& [length, weight] : {std::pair{200, 1.0}, {5, 4.0}, {300, 0.25}, {1, 9.0}, {94, 2.0}}) {
    values.emplace_back();
    double last = 0;
    for (int i = 0; i < length; ++i) values.back().push_back(static_cast<float>(last = 0.5 * last + u[at++]));
    runs.push_back({values.back(), weight});
  }
  const auto golden = GoldenValues()["autocorrelation"].get<std::vector<double>>();
  const std::vector<double> got = Autocorrelation(runs, 20);
  ASSERT_EQ(got.size(), golden.size());
  for (size_t k = 0; k < got.size(); ++k) EXPECT_NEAR(got[k], golden[k], 1e-9) << "lag " << k + 1;
}

TEST(Autocorrelation, IsNoNumberWithoutPairsOrVariation) {
  const std::vector<float> same = {3, 3, 3, 3}, two = {1, 2};
  EXPECT_TRUE(std::isnan(Autocorrelation({{same, 1}}, 1)[0]));
  EXPECT_TRUE(std::isnan(Autocorrelation({{two, 1}}, 2)[1]));
}

EvalOptions Draws(int repeats) {
  EvalOptions options;
  options.jsd_repeats = repeats;
  return options;
}

nlohmann::json Measure(const EvalRows& real, const EvalRows& synthetic,
                       const EvalOptions& options = Draws(2)) {
  EvalInput input;
  input.real = &real;
  input.synthetic = &synthetic;
  input.options = options;
  nlohmann::json report;
  EXPECT_TRUE(kAutocorrelationMetric.measure(input, &report).ok());
  return report["autocorrelation"];
}

// Every host's bytes repeat with a period of two rows.
EvalRows Alternating(uint64_t seed, bool alternate) {
  std::vector<int> count(100);
  const FlowTable flows = SpreadFlows(6000, 20, 6, seed, [&](double u, double, Flow* flow) {
    const int turn = ++count[flow->source_address - kTestHome];
    flow->bytes = (alternate ? turn % 2 == 0 : u < 0.5) ? 10000 : 100;
  });
  return EvalRowsOf(flows, TestHomes());
}

TEST(AutocorrelationMetric, SeesAPatternOverTimeThatNoDistributionShows) {
  const auto got = Measure(Alternating(1, true), Alternating(2, false))["bytes"];
  EXPECT_NEAR(got["lags"]["real"][0].get<double>(), -1, 0.01);
  EXPECT_NEAR(got["lags"]["real"][1].get<double>(), 1, 0.01);
  EXPECT_NEAR(got["lags"]["synthetic"][0].get<double>(), 0, 0.05);
  EXPECT_GT(got["value"].get<double>(), 0.9);
  EXPECT_LT(got["floor"].get<double>(), 0.01);
  EXPECT_EQ(got["lags"]["floor"].size(), 20);
}

TEST(AutocorrelationMetric, NoPairReachesAcrossHostsOrHours) {
  // One row a host-hour has no pair at all, however regular the stream is.
  FlowTable flows;
  for (int i = 0; i < 200; ++i) {
    flows.Append(WebFlow(kTestMidnight + (i / 10) * kHourMs + i, i % 10));
    flows.bytes.back() = i % 2 == 0 ? 100 : 1000;
  }
  const EvalRows rows = EvalRowsOf(flows, TestHomes());
  const auto got = Measure(rows, rows)["bytes"];
  EXPECT_TRUE(got["lags"]["real"][0].is_null());
  EXPECT_TRUE(got["value"].is_null());
}

// Every host's bytes alternate in the hour after midnight only.
EvalRows AlternatingAtMidnight(uint64_t seed, const std::vector<int>& rows) {
  std::vector<int> count(100);
  const FlowTable flows = HourlyFlows(rows, 20, seed, [&](double u, double, Flow* flow) {
    const int turn = ++count[flow->source_address - kTestHome];
    const bool alternate = flow->end_ms < kTestMidnight + kHourMs;
    flow->bytes = (alternate ? turn % 2 == 0 : u < 0.5) ? 10000 : 100;
  });
  return EvalRowsOf(flows, TestHomes());
}

TEST(AutocorrelationMetric, ADailyCycleThatBothHaveIsNotCountedAsADifference) {
  const auto got = Measure(AlternatingAtMidnight(1, {1000, 3000}), AlternatingAtMidnight(2, {3000, 1000}),
                           Draws(8))["bytes"];
  // Three of four synthetic rows alternate; unweighted, one of four real rows.
  EXPECT_NEAR(got["lags"]["synthetic"][0].get<double>(), -0.75, 0.12);
  EXPECT_NEAR(got["lags"]["real"][0].get<double>(), -0.75, 0.2);
}

TEST(AutocorrelationMetric, TakesAsManyRowsAsAskedAndTheSameOnesAgain) {
  EvalOptions options = Draws(2);
  options.autocorrelation_rows = 400;
  const EvalRows real = Alternating(1, false), synthetic = Alternating(2, false);
  const auto got = Measure(real, synthetic, options);
  EXPECT_EQ(got["settings"]["rows_per_side"], 400);
  EXPECT_EQ(Measure(real, synthetic, options), got);
  EXPECT_NE(Measure(real, synthetic, Draws(2))["bytes"]["value"], got["bytes"]["value"]);
}

}  // namespace
}  // namespace stanflow
