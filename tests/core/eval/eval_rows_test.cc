#include "core/eval/eval_rows.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/dataset/dataset_testing.h"
#include "tests/core/eval/eval_testing.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::ElementsAre;

constexpr uint32_t kNone = EvalRows::kNoDelta;

TEST(EvalRows, TimeDeltaIsSinceTheHostsOwnRowAndMissingForItsFirstInAnHour) {
  FlowTable flows;
  flows.Append(WebFlow(kTestMidnight + 1000, 0));
  flows.Append(WebFlow(kTestMidnight + 5000, 1));
  flows.Append(WebFlow(kTestMidnight + 8000, 0));
  flows.Append(WebFlow(kTestMidnight + kHourMs, 0));
  flows.Append(WebFlow(kTestMidnight + kHourMs, 0));
  const EvalRows rows = EvalRowsOf(flows, TestHomes());
  EXPECT_THAT(rows.time_delta_s, ElementsAre(kNone, kNone, 7, kNone, 0));
  EXPECT_THAT(rows.host, ElementsAre(0, 1, 0, 0, 0));
  EXPECT_EQ(rows.hosts, 2);
}

TEST(EvalRows, HomeIsTheSourceIfThatLiesInTheHomeNetworkElseTheDestination) {
  Flow in = WebFlow(kTestMidnight, 0), between = in, foreign = in;
  std::swap(in.source_address, in.destination_address);
  std::swap(in.source_port, in.destination_port);
  between.destination_address = kTestHome + 9;
  foreign.source_address = kTestRemote + 2;
  FlowTable flows;
  for (const Flow& f : {in, between, foreign}) flows.Append(f);
  const EvalRows rows = EvalRowsOf(flows, TestHomes());
  EXPECT_THAT(rows.direction, ElementsAre(1, 0, 0));
  EXPECT_THAT(rows.local_port, ElementsAre(40000, 40000, 40000));
  EXPECT_THAT(rows.remote_address, ElementsAre(kTestRemote + 1, kTestHome + 9, kTestRemote + 1));
  EXPECT_THAT(rows.at_home, ElementsAre(1, 1, 0));
}

TEST(EvalRows, OfADatasetComeInOrderOfTimeAndHoldTheSequencesRowsOnly) {
  TempDir dir;
  const auto dataset = MakeDataset(dir.File("d"), AnyFlows(400, 5, 4, true), "hours=odd");
  const EvalRows rows = EvalRowsOf(*dataset, dataset->Sequences(Split::kHoldout));
  EXPECT_EQ(rows.size(), dataset->manifest().holdout_rows);
  EXPECT_TRUE(std::is_sorted(rows.end_ms.begin(), rows.end_ms.end()));
  for (size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(rows.ClockHour(i) % 2, 1);
  EXPECT_EQ(rows.hosts, 5);
}

TEST(EvalRows, ADatasetAndAStreamOfTheSameFlowsGiveTheSameRows) {
  TempDir dir;
  const std::vector<Flow> flows = AnyFlows(300, 4, 3, true);
  FlowTable table;
  for (const Flow& f : flows) table.Append(f);
  const auto dataset = MakeDataset(dir.File("d"), flows, "none");
  const EvalRows a = EvalRowsOf(*dataset, dataset->Sequences(Split::kAll)),
                 b = EvalRowsOf(table, HomeNetworks());
  auto sorted = [](std::vector<uint64_t> v) {
    std::sort(v.begin(), v.end());
    return v;
  };
  EXPECT_EQ(a.end_ms, b.end_ms);
  EXPECT_EQ(sorted(a.bytes), sorted(b.bytes));
  auto deltas = [&](const EvalRows& r) { return sorted({r.time_delta_s.begin(), r.time_delta_s.end()}); };
  EXPECT_EQ(deltas(a), deltas(b));
}

TEST(EvalRows, LastQuarterIsAQuarterOfTheRowsAndTheLatest) {
  const EvalRows rows = EvalRowsOf(SpreadFlows(103, 3, 4, 1), TestHomes());
  EXPECT_EQ(rows.size() - rows.LastQuarterBegin(), 25);
}

}  // namespace
}  // namespace stanflow
