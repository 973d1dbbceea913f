#include "gtest/gtest.h"
#include "tests/core/dataset/dataset_testing.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

int64_t HourOf(int64_t ms) { return FloorTo(ms, kHourMs); }

class Sequences : public ::testing::TestWithParam<const char*> {
 protected:
  TempDir dir_;
  std::unique_ptr<Dataset> dataset_ = MakeDataset(dir_.File("d"), AnyFlows(4000, 11, 9, true), GetParam());
};

TEST_P(Sequences, TrainAndHoldoutPartTheRowsAndAllIsBoth) {
  std::vector<int> seen(dataset_->size(), 0);
  for (const auto& [split, mark] : {std::pair(Split::kTrain, 1), std::pair(Split::kHoldout, 2)}) {
    for (const Sequence& s : dataset_->Sequences(split)) {
      for (uint64_t i = s.begin; i < s.end; ++i) seen[i] += mark;
    }
  }
  uint64_t train = 0, holdout = 0;
  for (const int marks : seen) {
    ASSERT_TRUE(marks == 1 || marks == 2) << "a row in both splits, or twice, or in none";
    ++(marks == 1 ? train : holdout);
  }
  EXPECT_EQ(train, dataset_->manifest().train_rows);
  EXPECT_EQ(holdout, dataset_->manifest().holdout_rows);
  uint64_t next = 0;
  for (const Sequence& s : dataset_->Sequences(Split::kAll)) {
    EXPECT_EQ(s.begin, next);
    next = s.end;
  }
  EXPECT_EQ(next, dataset_->size());
}

TEST_P(Sequences, TrainNeverHoldsARowOfTheHoldout) {
  const Holdout& holdout = dataset_->manifest().holdout;
  for (const Split split : {Split::kTrain, Split::kHoldout}) {
    for (const Sequence& s : dataset_->Sequences(split)) {
      for (uint64_t i = s.begin; i < s.end; ++i) {
        ASSERT_EQ(holdout.Contains(dataset_->hosts()[s.host].address, dataset_->Row(i).end_ms),
                  split == Split::kHoldout);
      }
    }
  }
}

TEST_P(Sequences, StayWithinAHostAndRunForwardFromTheirStart) {
  for (const Sequence& s : dataset_->Sequences(Split::kAll)) {
    const Dataset::Host& host = dataset_->hosts()[s.host];
    ASSERT_LT(s.begin, s.end);
    ASSERT_GE(s.begin, host.begin);
    ASSERT_LE(s.end, host.end);
    int64_t previous = s.start_ms;
    for (uint64_t i = s.begin; i < s.end; ++i) {
      const Flow flow = dataset_->Row(i);
      ASSERT_GE(flow.end_ms, previous);
      previous = flow.end_ms;
      ASSERT_EQ(dataset_->HomeIsSource(i) ? flow.source_address : flow.destination_address, host.address);
    }
  }
}

TEST_P(Sequences, HostRowsLeadBackToTheRows) {
  for (const Sequence& s : dataset_->Sequences(Split::kAll)) {
    const std::vector<HostRow> rows = dataset_->HostRows(s);
    ASSERT_EQ(rows.size(), s.size());
    int64_t clock_ms = s.start_ms;
    for (uint64_t i = 0; i < s.size(); ++i) {
      ASSERT_TRUE(ToFlow(rows[i], dataset_->hosts()[s.host].address) == dataset_->Row(s.begin + i));
      clock_ms += int64_t{rows[i].time_delta_s} * kSecondMs;
      ASSERT_EQ(clock_ms, rows[i].end_ms) << "deltas add up to the clock";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, Sequences,
                         ::testing::Values("none", "hours=odd", "hours=even", "hosts=0.3",
                                           "after=2024-01-08T03:30:00Z", "after=1999-01-01T00:00:00Z",
                                           "after=2099-01-01T00:00:00Z"));

TEST(SequenceBorders, OfHoursAreTheClocksHours) {
  TempDir dir;
  const auto dataset = MakeDataset(dir.File("d"), AnyFlows(4000, 5, 9, true), "hours=odd");
  EXPECT_EQ(dataset->Sequences(Split::kAll).size(), 5u * 9u);
  for (const Sequence& s : dataset->Sequences(Split::kAll)) {
    EXPECT_EQ(s.start_ms, HourOf(dataset->Row(s.begin).end_ms));
    EXPECT_EQ(s.start_ms, HourOf(dataset->Row(s.end - 1).end_ms));
  }
}

TEST(SequenceBorders, WithoutHoursThereIsOneSequenceAHostAndSide) {
  TempDir dir;
  const std::vector<Flow> flows = AnyFlows(4000, 5, 9, true);
  EXPECT_EQ(MakeDataset(dir.File("a"), flows, "none")->Sequences(Split::kAll).size(), 5u);
  const auto after = MakeDataset(dir.File("b"), flows, "after=2024-01-08T03:30:00Z");
  EXPECT_EQ(after->Sequences(Split::kTrain).size(), 5u);
  EXPECT_EQ(after->Sequences(Split::kHoldout).size(), 5u);
}

TEST(SequenceBorders, ClocksStartWithTheHourInWhichTheDataOrItsHeldOutPartStarts) {
  TempDir dir;
  const std::vector<Flow> flows = AnyFlows(4000, 5, 9, true);
  const auto dataset = MakeDataset(dir.File("d"), flows, "after=2024-01-08T03:30:00Z");
  for (const Sequence& s : dataset->Sequences(Split::kTrain)) EXPECT_EQ(s.start_ms, kMidnight);
  for (const Sequence& s : dataset->Sequences(Split::kHoldout))
    EXPECT_EQ(s.start_ms, kMidnight + 3 * kHourMs);
  // An instant long before the data is not where the data starts.
  const auto all = MakeDataset(dir.File("e"), flows, "after=1999-01-01T00:00:00Z");
  for (const Sequence& s : all->Sequences(Split::kHoldout)) EXPECT_EQ(s.start_ms, kMidnight);
}

}  // namespace
}  // namespace stanflow
