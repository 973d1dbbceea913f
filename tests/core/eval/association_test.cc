#include "core/eval/association.h"

#include <cmath>

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/core/eval/eval_testing.h"
#include "tests/core/eval/golden.h"

namespace stanflow {
namespace {

TEST(MutualInformation, EqualsScikitLearns) {
  for (const auto& golden : GoldenValues()["mutual_information"]) {
    const int rows = golden["rows"], columns = golden["columns"];
    std::vector<double> table;
    for (double u : LehmerUniforms(rows * columns, golden["seed"]))
      table.push_back(std::floor(200 * std::pow(u, 4)));
    EXPECT_NEAR(MutualInformation(table, columns), golden["nats"].get<double>(), 1e-12) << rows << " rows";
  }
}

TEST(MutualInformation, IsCorrectedAsMillerAndMadowsEntropiesAre) {
  for (const auto& golden : GoldenValues()["mutual_information"]) {
    const int rows = golden["rows"], columns = golden["columns"];
    std::vector<double> table;
    for (double u : LehmerUniforms(rows * columns, golden["seed"]))
      table.push_back(std::floor(200 * std::pow(u, 4)));
    EXPECT_NEAR(CorrectedMutualInformation(table, columns, golden["effective_rows"]),
                golden["corrected_nats"].get<double>(), 1e-12)
        << rows << " rows";
  }
  EXPECT_EQ(CorrectedMutualInformation(std::vector<double>{0, 0}, 2, 0), 0);
}

TEST(EffectiveRows, AreTheRowsOfOneWeightAndFewerOfUnequalOnes) {
  EXPECT_EQ(EffectiveRows(8 * 0.5, 8 * 0.25), 8);
  EXPECT_EQ(EffectiveRows(3 + 1, 9 + 1), 1.6);
  EXPECT_EQ(EffectiveRows(0, 0), 0);
}

TEST(MutualInformation, OfIndependentColumnsIsZeroAndOfEqualOnesTheirEntropy) {
  EXPECT_NEAR(MutualInformation(std::vector<double>{2, 4, 6, 3, 6, 9}, 3), 0, 1e-12);
  EXPECT_NEAR(MutualInformation(std::vector<double>{5, 0, 0, 5}, 2), std::log(2), 1e-12);
  EXPECT_EQ(MutualInformation(std::vector<double>{0, 0}, 2), 0);
}

const ScoredColumn& Bytes() {
  for (const ScoredColumn& column : ScoredColumns()) {
    if (column.name == "bytes") return column;
  }
  return ScoredColumns()[0];
}

EvalRows WithBytes(const std::vector<uint64_t>& bytes) {
  EvalRows out = EvalRowsOf(SpreadFlows(static_cast<int>(bytes.size()), 1, 1, 1), TestHomes());
  out.bytes = bytes;
  return out;
}

TEST(QuantileBins, HoldAboutEquallyManyRealRowsAndCountEqualCutsOnce) {
  const QuantileBins four(Bytes(), WithBytes({8, 7, 6, 5, 4, 3, 2, 1}), 4);
  ASSERT_EQ(four.count(), 4);  // cuts at 2, 4, 6
  EXPECT_EQ(four.Of(2), 0);
  EXPECT_EQ(four.Of(3), 1);
  EXPECT_EQ(four.Of(1e12), 3);
  const QuantileBins few(Bytes(), WithBytes({40, 40, 40, 40, 40, 40, 60, 1500}), 4);
  ASSERT_EQ(few.count(), 2);  // ranks 2, 4 and 6 are all 40
  EXPECT_EQ(few.Of(40), 0);
  EXPECT_EQ(few.Of(41), 1);
  EXPECT_EQ(QuantileBins(Bytes(), WithBytes({7, 7, 7}), 20).count(), 1);
}

EvalOptions TwoDraws() {
  EvalOptions options;
  options.jsd_repeats = 2;
  return options;
}

nlohmann::json Measure(const FlowTable& real, const FlowTable& synthetic,
                       const EvalOptions& options = TwoDraws()) {
  const EvalRows real_rows = EvalRowsOf(real, TestHomes()),
                 synthetic_rows = EvalRowsOf(synthetic, TestHomes());
  EvalInput input;
  input.real = &real_rows;
  input.synthetic = &synthetic_rows;
  input.options = options;
  nlohmann::json report;
  EXPECT_TRUE(kAssociationMetric.measure(input, &report).ok());
  return report["association"];
}

// Bytes are large where the port is 443: always in one set, by chance in the other.
FlowTable PortsAndBytes(uint64_t seed, bool together) {
  return SpreadFlows(8000, 20, 6, seed, [together](double u, double v, Flow* flow) {
    flow->destination_port = u < 0.5 ? 443 : 80;
    flow->bytes = (together ? u : v) < 0.5 ? 100000 : 100;
  });
}

TEST(AssociationMetric, SeesAPairThatIsNotTogetherAnyMoreThoughEachColumnIsTheSame) {
  const auto got = Measure(PortsAndBytes(1, true), PortsAndBytes(2, false));
  const auto& worst = got["worst"][0];
  EXPECT_EQ(worst["a"], "remote_port");
  EXPECT_EQ(worst["b"], "bytes");
  EXPECT_NEAR(worst["real"].get<double>(), std::log(2), 0.01);
  EXPECT_LT(worst["synthetic"].get<double>(), 0.01);
  EXPECT_NEAR(got["value"].get<double>(), std::log(2) / 91, 0.002);
  EXPECT_EQ(got["pairs"].size(), 91);
}

TEST(AssociationMetric, TwoDrawsOfOneProcessComeOutAtTheFloor) {
  const auto got = Measure(PortsAndBytes(1, true), PortsAndBytes(2, true));
  EXPECT_LT(got["value"].get<double>(), 2 * got["floor"].get<double>() + 1e-4);
  EXPECT_GT(got["floor"].get<double>(), 0);
  EXPECT_EQ(got["worst"].size(), 3);
}

nlohmann::json PairOf(const nlohmann::json& association, const char* a, const char* b) {
  for (const auto& pair : association["pairs"]) {
    if (pair["a"] == a && pair["b"] == b) return pair;
  }
  ADD_FAILURE() << "no pair " << a << ", " << b;
  return {{"real", NAN}, {"synthetic", NAN}};
}

double Difference(const nlohmann::json& pair) {
  return pair["real"].get<double>() - pair["synthetic"].get<double>();
}

TEST(AssociationMetric, ADailyCycleThatBothHaveIsNotCountedAsADifference) {
  const auto together_at_midnight = [](double u, double v, Flow* flow) {
    flow->destination_port = u < 0.5 ? 443 : 80;
    flow->bytes = (flow->end_ms < kTestMidnight + kHourMs ? u : v) < 0.5 ? 100000 : 100;
  };
  const auto got = Measure(HourlyFlows({1000, 3000}, 20, 1, together_at_midnight),
                           HourlyFlows({3000, 1000}, 20, 2, together_at_midnight));
  const auto pair = PairOf(got, "remote_port", "bytes");
  // Together in three of four: seven of eight agree. Unweighted real rows have 0.03 nats.
  const double nats = std::log(2) + 0.875 * std::log(0.875) + 0.125 * std::log(0.125);
  EXPECT_NEAR(pair["synthetic"].get<double>(), nats, 0.07);
  EXPECT_NEAR(Difference(pair), 0, 0.1);
}

TEST(AssociationMetric, WeightedRowsOfIndependentColumnsHaveNoMoreThanEqualOnes) {
  const auto independent = [](double u, double v, Flow* flow) {
    flow->source_port = static_cast<uint16_t>(60000 * std::fmod(1000 * u, 1));
    flow->destination_port = static_cast<uint16_t>(60000 * u);
    flow->bytes = 1 + static_cast<uint64_t>(1e6 * v);
  };
  // A real row of the first hour weighs seven times what another does: the plug-in estimate is 0.05 higher.
  const auto got = Measure(HourlyFlows({2000, 2000, 2000, 2000}, 20, 1, independent),
                           HourlyFlows({2800, 400, 400, 400}, 20, 2, independent));
  double difference = 0;
  for (const auto& [a, b] :
       {std::pair{"local_port", "remote_port"}, {"local_port", "bytes"}, {"remote_port", "bytes"}}) {
    const auto pair = PairOf(got, a, b);
    EXPECT_NEAR(pair["synthetic"].get<double>(), 0, 0.02) << a << ", " << b;
    difference += Difference(pair) / 3;
  }
  EXPECT_NEAR(difference, 0, 0.02);
}

TEST(AssociationMetric, TakesAsManyRowsAsAskedAndTheSameOnesAgain) {
  EvalOptions options = TwoDraws();
  options.association_rows = 500;
  const FlowTable real = PortsAndBytes(1, true), synthetic = PortsAndBytes(2, true);
  const auto got = Measure(real, synthetic, options);
  EXPECT_EQ(got["settings"]["rows_per_side"], 500);
  EXPECT_EQ(Measure(real, synthetic, options), got);
  EXPECT_NE(Measure(real, synthetic)["value"], got["value"]);
}

TEST(AssociationMetric, RefusesMoreBinsThanARowsBinIsCountedIn) {
  const EvalRows rows = WithBytes({1, 2, 3, 4});
  EvalInput input;
  input.real = input.synthetic = &rows;
  input.options.association_bins = kMostAssociationBins + 1;
  nlohmann::json report;
  EXPECT_TRUE(absl::IsInvalidArgument(kAssociationMetric.measure(input, &report)));
}

}  // namespace
}  // namespace stanflow
