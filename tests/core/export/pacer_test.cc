#include "core/export/pacer.h"

#include <vector>

#include "gtest/gtest.h"
#include "tests/support/manual_clock.h"

namespace stanflow {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

FlowTable FlowsThatEnd(const std::vector<int64_t>& ends_ms) {
  FlowTable flows;
  for (const int64_t end_ms : ends_ms) {
    Flow flow;
    flow.end_ms = end_ms;
    flows.Append(flow);
  }
  return flows;
}

PacerOptions Paced(Pace::Kind kind, double factor) {
  PacerOptions options;
  options.pace = {kind, factor};
  return options;
}

// When each flow from `begin` on left, milliseconds from now, as the clock says.
std::vector<double> Departures(Pacer* pacer, const ManualClock& clock, const FlowTable& flows,
                               size_t begin = 0) {
  std::vector<double> left;
  const auto start = clock.SteadyNow();
  for (size_t row = begin; row < flows.size();) {
    const size_t count = pacer->Next(flows, row);
    const double now = std::chrono::duration<double, std::milli>(clock.SteadyNow() - start).count();
    left.insert(left.end(), count, now);
    row += count;
    if (count == 0) break;
  }
  return left;
}

TEST(PaceSchedule, ASpeedDividesTheTimeBetweenFlows) {
  const PaceSchedule schedule({Pace::Kind::kSpeed, 60}, 1000);
  EXPECT_EQ(schedule.DueAt(0, 1000), nanoseconds(0));
  EXPECT_EQ(schedule.DueAt(7, 61000), seconds(1));
  EXPECT_EQ(schedule.DueAt(8, 1000 + 86'400'000), seconds(1440));
  EXPECT_EQ(schedule.DueAt(9, 500), nanoseconds(0));  // before the first
}

TEST(PaceSchedule, ARateCountsFlowsWhateverTheirTimes) {
  const PaceSchedule schedule({Pace::Kind::kRate, 1000}, 0);
  EXPECT_EQ(schedule.DueAt(0, 0), nanoseconds(0));
  EXPECT_EQ(schedule.DueAt(1, 99999), milliseconds(1));
  EXPECT_EQ(schedule.DueAt(3'600'000, 5), seconds(3600));
}

TEST(PaceSchedule, AnUnlimitedPaceIsAlwaysDue) {
  EXPECT_EQ(PaceSchedule({Pace::Kind::kUnlimited, 1}, 0).DueAt(1000000, 1000000), nanoseconds(0));
}

TEST(Pacer, DriftsLessThanOnePercentInAnHourThoughEveryBatchCostsTime) {
  constexpr int kRate = 100, kFlows = 3600 * kRate;
  ManualClock clock;
  Pacer pacer(Paced(Pace::Kind::kRate, kRate), &clock);
  const FlowTable flows = FlowsThatEnd(std::vector<int64_t>(1000));
  const auto start = clock.SteadyNow();
  for (int sent = 0; sent < kFlows;) {
    const size_t begin = sent % 1000;
    const size_t count = pacer.Next(flows, begin);
    ASSERT_GT(count, 0u);
    sent += static_cast<int>(count);
    // Never early, and at most a quantum and what the batch before cost late.
    const double elapsed = std::chrono::duration<double>(clock.SteadyNow() - start).count();
    ASSERT_LE((sent - 1.0) / kRate, elapsed + 1e-9);
    ASSERT_LE(elapsed, (sent - 1.0) / kRate + 0.013);
    clock.Advance(milliseconds(3));  // encoding, sending
  }
  const double hour = std::chrono::duration<double>(clock.SteadyNow() - start).count();
  EXPECT_NEAR(hour, 3600, 0.1);
}

TEST(Pacer, KeepsBurstsTogetherAndPausesApart) {
  ManualClock clock;
  Pacer pacer(Paced(Pace::Kind::kSpeed, 60), &clock);
  // Three at once, a minute of nothing, two at once, an hour of nothing, one.
  const FlowTable flows = FlowsThatEnd({0, 0, 0, 60'000, 60'000, 3'660'000});
  const std::vector<double> left = Departures(&pacer, clock, flows);
  EXPECT_EQ(left, (std::vector<double>{0, 0, 0, 1000, 1000, 61000}));
}

TEST(Pacer, KeepsTheShapeOfADay) {
  // More flows every hour; at 3600 times real time an hour is a second.
  std::vector<int64_t> ends;
  for (int64_t hour = 0; hour < 24; ++hour) {
    const int64_t flows = hour * 10 + 1;
    for (int64_t i = 0; i < flows; ++i) ends.push_back(hour * 3'600'000 + i * 3'600'000 / flows);
  }
  ManualClock clock;
  Pacer pacer(Paced(Pace::Kind::kSpeed, 3600), &clock);
  const std::vector<double> left = Departures(&pacer, clock, FlowsThatEnd(ends));
  std::vector<int> hours(25);
  for (const double at : left) ++hours[static_cast<size_t>(at / 1000)];
  // A flow waits for the end of its quantum: the last of an hour may leave in the next.
  for (int hour = 0; hour < 24; ++hour) EXPECT_NEAR(hours[hour], hour * 10 + 1, 1) << hour;
}

TEST(Pacer, CatchesUpAtTwiceThePaceAfterAPauseAndSkipsNothing) {
  ManualClock clock;
  std::vector<double> lateness;
  PacerOptions options = Paced(Pace::Kind::kRate, 10);
  options.on_lateness = [&lateness](double seconds, size_t) { lateness.push_back(seconds); };
  Pacer pacer(std::move(options), &clock);
  const FlowTable flows = FlowsThatEnd(std::vector<int64_t>(201));
  EXPECT_EQ(pacer.Next(flows, 0), 1u);
  clock.Advance(seconds(5));  // the sink took nothing
  const std::vector<double> left = Departures(&pacer, clock, flows, 1);
  ASSERT_EQ(left.size(), 200u);
  EXPECT_GT(lateness[1], 4.9);
  // Due at 2.5 s of the stream, and at 5 s, 5 s after which it is caught up, and later.
  EXPECT_NEAR(left[24], 1250, 50);
  EXPECT_NEAR(left[49], 2500, 50);
  EXPECT_NEAR(left[99], 5000, 50);
  EXPECT_NEAR(left[149], 10'000, 5);
  EXPECT_NEAR(left[199], 15'000, 5);
  EXPECT_NEAR(lateness.back(), 0, 0.002);
}

TEST(Pacer, MakesUpForATakersOwnTimeAtOnce) {
  ManualClock clock;
  Pacer pacer(Paced(Pace::Kind::kRate, 1000), &clock);
  const FlowTable flows = FlowsThatEnd(std::vector<int64_t>(1000));
  size_t row = 0;
  while (row < flows.size()) {
    row += pacer.Next(flows, row);
    clock.Advance(milliseconds(15));  // as long as it takes to hand them over
  }
  EXPECT_LE(clock.NowMs(), 1050);
}

TEST(Pacer, WakesOnceForTheFlowsOfAQuantum) {
  ManualClock clock;
  PacerOptions options = Paced(Pace::Kind::kRate, 100'000);
  options.quantum = milliseconds(2);
  Pacer pacer(std::move(options), &clock);
  const FlowTable flows = FlowsThatEnd(std::vector<int64_t>(1000));
  EXPECT_EQ(pacer.Next(flows, 0), 1u);
  // Due at 0.01 to 2 ms.
  EXPECT_EQ(pacer.Next(flows, 1), 200u);
  EXPECT_EQ(pacer.Next(flows, 201), 200u);
}

TEST(Pacer, ReportsLatenessOfWhatWaitedForTheEndOfItsQuantum) {
  ManualClock clock;
  std::vector<double> lateness;
  size_t reported = 0;
  PacerOptions options = Paced(Pace::Kind::kSpeed, 1);
  options.quantum = milliseconds(10);
  options.on_lateness = [&](double seconds, size_t flows) {
    lateness.push_back(seconds);
    reported += flows;
  };
  Pacer pacer(std::move(options), &clock);
  Departures(&pacer, clock, FlowsThatEnd({0, 3, 7, 10, 20}));
  ASSERT_EQ(lateness.size(), 3u);
  EXPECT_NEAR(lateness[0], 0, 1e-9);
  EXPECT_NEAR(lateness[1], 0.007, 1e-9);  // 3, 7 and 10 left at 10
  EXPECT_NEAR(lateness[2], 0, 1e-9);
  EXPECT_EQ(reported, 5u);
}

TEST(Pacer, UnlimitedGivesAllAtOnce) {
  ManualClock clock;
  Pacer pacer(PacerOptions(), &clock);
  EXPECT_EQ(pacer.Next(FlowsThatEnd({0, 1'000'000}), 0), 2u);
  EXPECT_EQ(clock.NowMs(), 0);
}

TEST(Pacer, AFlowThatEndsBeforeItsForerunnerLeavesWithIt) {
  ManualClock clock;
  Pacer pacer(Paced(Pace::Kind::kSpeed, 1), &clock);
  EXPECT_EQ(Departures(&pacer, clock, FlowsThatEnd({1000, 3000, 2000, 4000})),
            (std::vector<double>{0, 2000, 2000, 3000}));
}

TEST(Pacer, StopsWithinTheTimeOfACheck) {
  ManualClock clock;
  PacerOptions options = Paced(Pace::Kind::kSpeed, 1);
  options.stop_requested = [&clock] { return clock.NowMs() >= 500; };
  Pacer pacer(std::move(options), &clock);
  const FlowTable flows = FlowsThatEnd({0, 3'600'000});
  EXPECT_EQ(pacer.Next(flows, 0), 1u);
  EXPECT_EQ(pacer.Next(flows, 1), 0u);
  EXPECT_EQ(clock.NowMs(), 500);
  EXPECT_EQ(pacer.Next(flows, 1), 0u);
}

TEST(Pacer, FactorsOutOfBoundsAreRefusedByName) {
  EXPECT_TRUE(CheckPace({}).ok());
  EXPECT_TRUE(CheckPace({Pace::Kind::kSpeed, 60}).ok());
  EXPECT_EQ(CheckPace({Pace::Kind::kSpeed, 0}),
            absl::InvalidArgumentError("speed: 0 is not from 0.001 to 1e+06"));
  EXPECT_EQ(CheckPace({Pace::Kind::kRate, -1}),
            absl::InvalidArgumentError("rate: -1 is not from 0.001 to 1e+09"));
}

}  // namespace
}  // namespace stanflow
