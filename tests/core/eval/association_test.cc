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

nlohmann::json Measure(const FlowTable& real, const FlowTable& synthetic) {
  const EvalRows real_rows = EvalRowsOf(real, TestHomes()),
                 synthetic_rows = EvalRowsOf(synthetic, TestHomes());
  EvalInput input;
  input.real = &real_rows;
  input.synthetic = &synthetic_rows;
  input.options.jsd_repeats = 2;
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

}  // namespace
}  // namespace stanflow
