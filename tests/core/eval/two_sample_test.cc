#include <cmath>

#include "core/eval/auc.h"
#include "core/eval/boosted_trees.h"
#include "core/eval/metric.h"
#include "core/eval/two_sample_rows.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/core/eval/eval_testing.h"
#include "tests/core/eval/golden.h"

namespace stanflow {
namespace {

TEST(AreaUnderCurve, EqualsScikitLearnsWithWeightsAndTies) {
  const std::vector<double> u = LehmerUniforms(1500, 51);
  std::vector<ScoredRow> rows;
  for (int i = 0; i < 500; ++i) {
    const double score = std::floor(20 * u[3 * i]) / 20;
    rows.push_back({score, 0.1 + u[3 * i + 2], u[3 * i + 1] < 0.2 + 0.5 * score});
  }
  EXPECT_NEAR(AreaUnderCurve(rows), GoldenValues()["area_under_curve"].get<double>(), 1e-12);
}

TEST(AreaUnderCurve, IsOneWhenAllPositivesLeadAndNoNumberWithoutNegatives) {
  EXPECT_EQ(AreaUnderCurve({{2, 1, true}, {1, 1, false}, {3, 5, true}}), 1);
  EXPECT_EQ(AreaUnderCurve({{1, 1, true}, {1, 1, false}}), 0.5);
  EXPECT_TRUE(std::isnan(AreaUnderCurve({{1, 1, true}})));
}

struct Boosted {
  FeatureMatrix features{6, {}};
  std::vector<float> labels, weights;
};

Boosted BoostedRows(int count, uint64_t seed) {
  const std::vector<double> uniforms = LehmerUniforms(8 * count, seed);
  Boosted out;
  for (int i = 0; i < count; ++i) {
    const double* u = &uniforms[8 * i];
    for (int f = 0; f < 6; ++f) out.features.values.push_back(static_cast<float>(u[f]));
    if (u[1] > 0.9) out.features.values[6 * i + 1] = NAN;
    out.labels.push_back(u[6] < 0.2 + 0.5 * (u[0] * u[1] > 0.2) + 0.2 * (u[3] > 0.7));
    out.weights.push_back(static_cast<float>(0.5 + u[7]));
  }
  return out;
}

TEST(BoostedTrees, ScoreAsXGBoostsOwnPackageDoes) {
  const Boosted train = BoostedRows(3000, 61), test = BoostedRows(1000, 62);
  const auto scores = BoostedTreesScores(train.features, train.labels, train.weights, test.features);
  ASSERT_TRUE(scores.ok()) << scores.status();
  const auto golden = GoldenValues()["boosted_trees"];
  for (size_t i = 0; i < golden["scores"].size(); ++i)
    EXPECT_NEAR((*scores)[i], golden["scores"][i].get<double>(), 1e-3) << "row " << i;
  std::vector<ScoredRow> rows;
  for (size_t i = 0; i < scores->size(); ++i)
    rows.push_back({(*scores)[i], test.weights[i], test.labels[i] == 1});
  EXPECT_NEAR(AreaUnderCurve(rows), golden["area"].get<double>(), 1e-3);
}

TEST(BoostedTrees, RefuseRowsOfAnotherWidth) {
  Boosted train = BoostedRows(10, 1);
  EXPECT_TRUE(absl::IsInvalidArgument(
      BoostedTreesScores(train.features, train.labels, train.weights, FeatureMatrix{1, {1}}).status()));
}

TEST(TwoSampleRows, ShowARowBesideItsTwoPredecessorsAndWhatIsEqual) {
  FlowTable flows;
  for (int i = 0; i < 4; ++i) {
    flows.Append(WebFlow(kTestMidnight + 1000 * i * i, 0));
    flows.Append(WebFlow(kTestMidnight + 1000 * i * i, 1));
  }
  EvalRows rows = EvalRowsOf(flows, TestHomes());
  rows.bytes = {10, 1, 20, 2, 10, 3, 40, 4};
  const TwoSampleRows of(rows);
  EXPECT_EQ(of.Eligible(), (std::vector<uint32_t>{4, 5, 6, 7}));
  const std::vector<float> got = of.Features(4);  // the first host's third row
  ASSERT_EQ(got.size(), kTwoSampleWidth);
  const size_t delta = 0, bytes = 12, columns = 14, equal_delta = 42, equal_bytes = 42 + 9, attributes = 11;
  EXPECT_EQ(got[delta], 3);
  EXPECT_EQ(got[columns + delta], 1);
  EXPECT_TRUE(std::isnan(got[2 * columns + delta]));
  EXPECT_EQ(got[bytes], 10);
  EXPECT_EQ(got[columns + bytes], 20);
  EXPECT_EQ(got[2 * columns + bytes], 10);
  EXPECT_EQ(got[equal_delta], 0);
  EXPECT_EQ(got[equal_bytes], 0);
  EXPECT_EQ(got[equal_bytes + attributes], 1);
  EXPECT_EQ(got[equal_delta + 1], 1);  // direction
}

nlohmann::json Measure(const FlowTable& real, const FlowTable& synthetic, int threads = 1) {
  const EvalRows real_rows = EvalRowsOf(real, TestHomes()),
                 synthetic_rows = EvalRowsOf(synthetic, TestHomes());
  EvalInput input;
  input.real = &real_rows;
  input.synthetic = &synthetic_rows;
  input.options.two_sample_rows = 1500;
  input.options.two_sample_repeats = 1;
  input.options.threads = threads;
  nlohmann::json report;
  const absl::Status status = kTwoSampleMetric.measure(input, &report);
  EXPECT_TRUE(status.ok()) << status;
  return report;
}

// A host's address changes at every row, or stays as it was with a chance of 0.8.
FlowTable Sticky(uint64_t seed, double stays) {
  std::vector<uint32_t> last(100, kTestRemote);
  return SpreadFlows(6000, 20, 6, seed, [last, stays](double u, double v, Flow* flow) mutable {
    uint32_t& remote = last[flow->source_address - kTestHome];
    if (u >= stays) remote = kTestRemote + static_cast<uint32_t>(250 * v);
    flow->destination_address = remote;
  });
}

TEST(TwoSampleMetric, TellsRowsByTheirPredecessorsAloneAndNotTwoDrawsOfOneProcess) {
  const auto told = Measure(Sticky(1, 0.8), Sticky(2, 0))["two_sample_auc"];
  EXPECT_GT(told["value"].get<double>(), 0.85);
  EXPECT_NEAR(told["floor"].get<double>(), 0.5, 0.06);
  const auto same = Measure(Sticky(1, 0.8), Sticky(2, 0.8))["two_sample_auc"];
  EXPECT_NEAR(same["value"].get<double>(), 0.5, 0.06);
  EXPECT_EQ(same["settings"]["rows_per_side"], 1500);
}

TEST(TwoSampleMetric, AnswersTheSameOnAnyNumberOfThreads) {
  EXPECT_EQ(Measure(Sticky(1, 0.8), Sticky(2, 0.5), 1), Measure(Sticky(1, 0.8), Sticky(2, 0.5), 3));
}

TEST(TwoSampleMetric, ADailyCycleThatBothHaveIsNotCountedAsADifference) {
  const auto udp_at_midnight = [](double u, double, Flow* flow) {
    if (u < (flow->end_ms < kTestMidnight + kHourMs ? 0.95 : 0.05)) flow->protocol = kUdp;
  };
  // Of the synthetic rows three of four are of the hour of UDP, of the real ones one of four.
  const auto got = Measure(HourlyFlows({2000, 2000, 2000, 2000}, 20, 1, udp_at_midnight),
                           HourlyFlows({3000, 500, 500}, 20, 2, udp_at_midnight))["two_sample_auc"];
  EXPECT_NEAR(got["value"].get<double>(), 0.5, 0.08);
}

TEST(TwoSampleMetric, SaysSoWhereNoRowHasTwoPredecessors) {
  FlowTable flows;
  for (int i = 0; i < 20; ++i) flows.Append(WebFlow(kTestMidnight + i * kHourMs, 0));
  const auto report = Measure(flows, flows);
  EXPECT_FALSE(report.contains("two_sample_auc"));
  EXPECT_EQ(report["notes"].size(), 1);
}

}  // namespace
}  // namespace stanflow
