#include "core/eval/scored_column.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/eval/eval_testing.h"

namespace stanflow {
namespace {

const ScoredColumn& Column(std::string_view name) {
  for (const ScoredColumn& c : ScoredColumns()) {
    if (c.name == name) return c;
  }
  throw std::out_of_range(std::string(name));
}

EvalRows WithBytes(std::initializer_list<uint64_t> bytes) {
  FlowTable flows;
  for (uint64_t b : bytes) {
    Flow flow = WebFlow(kTestMidnight, 0);
    flow.bytes = b;
    flows.Append(flow);
  }
  return EvalRowsOf(flows, TestHomes());
}

TEST(ScoredColumn, NamesAreTheReportsAndAddressesAreOctets) {
  std::vector<std::string> names;
  for (const ScoredColumn& c : ScoredColumns()) names.emplace_back(c.name);
  EXPECT_THAT(
      names, ::testing::ElementsAre("time_delta", "direction", "protocol", "remote_octet_1", "remote_octet_2",
                                    "remote_octet_3", "remote_octet_4", "local_port", "remote_port",
                                    "tcp_flags", "tos", "packets", "bytes", "duration"));
  const EvalRows rows = WithBytes({1});
  EXPECT_EQ(Column("remote_octet_1").value(rows, 0), 0xC6);
  EXPECT_EQ(Column("remote_octet_4").value(rows, 0), 1);
}

TEST(Bins, AreEqualOnTheLogarithmFromTheSmallestToTheLargestRealValueWithOpenEnds) {
  const Bins bins(Column("bytes"), WithBytes({100, 1000, 1000000}));
  EXPECT_EQ(bins.count(), 304);
  EXPECT_NEAR(bins.Edge(0), 100, 1e-6);
  EXPECT_NEAR(bins.Edge(76), 1000, 1e-3);  // a quarter of four decades
  EXPECT_NEAR(bins.Edge(304), 1000000, 1);
  EXPECT_EQ(bins.Of(100), 0);
  EXPECT_EQ(bins.Of(0), 0);
  EXPECT_EQ(bins.Of(1e12), 303);
  EXPECT_EQ(bins.Of(1010), 76);
}

TEST(Bins, OfTheTimeDeltaAreSecondsAndTheLastIsOpen) {
  const Bins bins(Column("time_delta"), WithBytes({1}));
  EXPECT_EQ(bins.Of(0), 0);
  EXPECT_EQ(bins.Of(17), 17);
  EXPECT_EQ(bins.Of(303), 303);
  EXPECT_EQ(bins.Of(5000), 303);
}

TEST(Bins, OfAColumnWithASingleValueStillHoldEverything) {
  const Bins bins(Column("bytes"), WithBytes({500, 500}));
  EXPECT_GE(bins.Of(500), 0);
  EXPECT_LT(bins.Of(1e15), bins.count());
}

TEST(Bins, WeightsAddUpPerBinAndRowsWithoutAValueAreLeftOut) {
  const EvalRows rows = WithBytes({1, 1, 1});
  const ScoredColumn& delta = Column("time_delta");
  const std::vector<double> sums = BinWeights(delta, Bins(delta, rows), rows, std::vector<uint32_t>{0, 1, 2},
                                              std::vector<double>{1, 0.5, 2});
  EXPECT_EQ(sums[0], 2.5);  // the first row of the host has no delta
}

}  // namespace
}  // namespace stanflow
