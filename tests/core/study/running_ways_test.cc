#include "core/study/running_ways.h"

#include "core/flow/time.h"
#include "core/generate/row_model.h"
#include "gtest/gtest.h"

namespace stanflow {
namespace {

// Counts on from the row before, in bytes; a first row is 1000.
class Counter final : public RowModel {
 public:
  HostRow Draw(DrawKey key, int64_t clock_ms, const HostRow* previous) const override {
    HostRow row;
    row.time_delta_s = 2;
    row.end_ms = clock_ms + 2000;
    row.bytes = previous == nullptr ? 1000 : previous->bytes + 1;
    row.packets = 1 + static_cast<uint64_t>(Uniform2(key)[0] * 1000);
    return row;
  }
  uint64_t memory_bytes() const override { return 0; }
};

// Rows of 10, 20, 30 ... bytes, `lengths` of them in each sequence.
std::vector<RealSequence> Real(const std::vector<size_t>& lengths) {
  std::vector<RealSequence> out;
  for (size_t length : lengths) {
    RealSequence sequence{5000, 5000 + kHourMs, {}};
    for (size_t r = 0; r < length; ++r) {
      HostRow row;
      row.bytes = 10 * (r + 1);
      row.time_delta_s = 1;
      row.end_ms = 5000 + 1000 * static_cast<int64_t>(r + 1);
      sequence.rows.push_back(row);
    }
    out.push_back(std::move(sequence));
  }
  return out;
}

class RunningWays : public ::testing::Test {
 protected:
  std::vector<RunSequence> Go(RunningWay way, const std::vector<size_t>& lengths) {
    return RunModel(*generator_, way, Real(lengths), options_).value();
  }
  const std::unique_ptr<Generator> generator_ = MakeRowGenerator(std::make_shared<const Counter>(), {});
  RunningOptions options_ = [] {
    RunningOptions options;
    options.window_rows = 3;
    options.max_rows = 5;
    return options;
  }();
};

TEST_F(RunningWays, OneStepAheadEveryRowStandsOnTheRealOneBeforeIt) {
  const std::vector<RunSequence> runs = Go(RunningWay::kOneStepAhead, {4, 0, 7});
  ASSERT_EQ(runs.size(), 3);
  EXPECT_TRUE(runs[1].rows.empty());
  const RunSequence& run = runs[2];
  ASSERT_EQ(run.rows.size(), 7);
  EXPECT_EQ(run.rows[0].bytes, 1000);
  EXPECT_EQ(run.Before(0, 1), nullptr);
  for (size_t i = 1; i < run.rows.size(); ++i) {
    EXPECT_EQ(run.rows[i].bytes, 10 * i + 1);
    EXPECT_EQ(run.rows[i].end_ms, 5000 + 1000 * static_cast<int64_t>(i) + 2000);
    EXPECT_EQ(run.Before(i, 1)->bytes, 10 * i);
    EXPECT_EQ(run.Position(i), i);
  }
}

TEST_F(RunningWays, FromAWindowTheRealRowsComeFirstAndShortSequencesAreLeftOut) {
  const std::vector<RunSequence> runs = Go(RunningWay::kFromWindow, {2, 3, 9});
  ASSERT_EQ(runs.size(), 2);
  for (const RunSequence& run : runs) {
    ASSERT_EQ(run.rows.size(), 2);  // with the window, five
    EXPECT_EQ(run.window.size(), 3);
    EXPECT_EQ(run.Position(0), 3);
    EXPECT_EQ(run.Before(0, 1)->bytes, 30);
    EXPECT_EQ(run.Before(0, 3)->bytes, 10);
    EXPECT_EQ(run.Before(0, 4), nullptr);
    for (size_t i = 0; i < run.rows.size(); ++i) EXPECT_EQ(run.rows[i].bytes, 31 + i);
    EXPECT_EQ(run.Before(1, 1)->bytes, 31);
  }
}

TEST_F(RunningWays, FromNothingTheRealRowsAreNotSeen) {
  const std::vector<RunSequence> runs = Go(RunningWay::kFromNothing, {2, 9});
  ASSERT_EQ(runs.size(), 2);
  for (const RunSequence& run : runs) {
    EXPECT_TRUE(run.window.empty() && run.truth.empty());
    ASSERT_EQ(run.rows.size(), 5);
    EXPECT_EQ(run.rows[0].bytes, 1000);
    EXPECT_EQ(run.rows[0].end_ms, 7000);
    EXPECT_EQ(run.rows[4].bytes, 1004);
  }
}

TEST_F(RunningWays, AFreeRunEndsWithItsContextsTime) {
  std::vector<RealSequence> real = Real({9, 9, 9});
  real[0].end_ms = 5000 + 3 * 2000;      // its third row would lie on it
  real[1].end_ms = 5000 + 3 * 2000 + 1;  // its fourth would lie behind it
  real[2].end_ms = 5001;
  const auto runs = RunModel(*generator_, RunningWay::kFromNothing, real, options_).value();
  EXPECT_EQ(runs[0].rows.size(), 2);
  EXPECT_EQ(runs[1].rows.size(), 3);
  EXPECT_TRUE(runs[2].rows.empty());
}

TEST_F(RunningWays, AllThreeStandBesideTheRealSequences) {
  const std::vector<RealSequence> real = Real({2, 9});
  const ModelRuns runs = RunInThreeWays(*generator_, real, options_).value();
  ASSERT_EQ(runs.real.size(), 2);
  EXPECT_EQ(runs.real[1].rows, real[1].rows);
  EXPECT_EQ(runs.one_step[1].truth, real[1].rows);
  EXPECT_EQ(runs.from_window.size(), 1);
  EXPECT_EQ(runs.from_nothing.size(), 2);
}

TEST_F(RunningWays, WhatIsTooShortForAWindowChangesNoOther) {
  const std::vector<RunSequence> all = Go(RunningWay::kFromWindow, {9, 9, 9});
  const std::vector<RunSequence> rest = Go(RunningWay::kFromWindow, {2, 9, 9});
  ASSERT_EQ(rest.size(), 2);
  EXPECT_EQ(rest[0].rows, all[1].rows);
  EXPECT_EQ(rest[1].rows, all[2].rows);
}

TEST_F(RunningWays, NeitherThreadsNorCompanyChangeARow) {
  std::vector<size_t> lengths;
  for (size_t i = 0; i < 700; ++i) lengths.push_back(3 + i % 5);
  const auto rows = [](const std::vector<RunSequence>& runs, size_t i) { return runs[i].rows; };
  for (RunningWay way : {RunningWay::kOneStepAhead, RunningWay::kFromWindow, RunningWay::kFromNothing}) {
    options_.threads = 1;
    const std::vector<RunSequence> alone = Go(way, {3, 4, 5});
    options_.threads = 4;
    const std::vector<RunSequence> together = Go(way, lengths);
    ASSERT_EQ(together.size(), 700);
    for (size_t i = 0; i < alone.size(); ++i) EXPECT_EQ(rows(together, i), rows(alone, i));
  }
}

TEST_F(RunningWays, StopWhenAsked) {
  options_.stop_requested = [] { return true; };
  EXPECT_TRUE(
      absl::IsCancelled(RunModel(*generator_, RunningWay::kFromNothing, Real({3}), options_).status()));
}

}  // namespace
}  // namespace stanflow
