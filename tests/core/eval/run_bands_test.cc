#include "core/eval/run_bands.h"

#include <cmath>

#include "core/flow/protocol.h"
#include "gtest/gtest.h"
#include "tests/core/eval/eval_testing.h"

namespace stanflow {
namespace {

// `count` rows two seconds apart, to an address and port of their own each.
std::vector<HostRow> Distinct(size_t count) {
  std::vector<HostRow> out(count);
  for (size_t i = 0; i < count; ++i) {
    out[i].end_ms = kTestMidnight + 2000 * static_cast<int64_t>(i + 1);
    out[i].time_delta_s = 2;
    out[i].protocol = kTcp;
    out[i].remote_address = kTestRemote + static_cast<uint32_t>(i);
    out[i].bytes = 100 + i;
  }
  return out;
}

TEST(RunBands, FollowEachOtherWithoutAGap) {
  size_t end = 32;
  for (const RunBand& band : RunBands()) {
    EXPECT_EQ(band.begin, end);
    end = band.end;
  }
}

TEST(FiguresOf, CountTheRowsOfTheBandAlone) {
  RunSequence run{{}, Distinct(10), {}};
  run.rows[4].time_delta_s = 0;
  run.rows[5].remote_address = run.rows[4].remote_address;
  run.rows[6] = run.rows[2];
  run.rows[9].time_delta_s = 0;  // outside
  const BandFigures got = FiguresOf({run}, {4, 8});
  EXPECT_EQ(got.rows, 4);
  EXPECT_EQ(got.delta_0, 0.25);
  EXPECT_EQ(got.previous_address, 0.25);
  EXPECT_EQ(got.repeated_tuple, 0.5);  // rows 5 (of row 4) and 6 (of row 2)
  EXPECT_EQ(got.rows_per_host_hour, 3600 * 4 / 6.0);
  EXPECT_TRUE(std::isnan(got.one_address_windows));
  EXPECT_EQ(FiguresOf({run}, {20, 30}).rows, 0);
  EXPECT_TRUE(std::isnan(FiguresOf({run}, {20, 30}).delta_0));
}

TEST(FiguresOf, ARowOneStepAheadIsHeldAgainstTheRealRowsBeforeIt) {
  RunSequence run{{}, Distinct(4), Distinct(4)};
  run.truth[1].remote_address = 7;
  run.rows[2].remote_address = 7;  // as the real row before it; row 1 as drawn had another
  run.rows[3].remote_address = run.rows[1].remote_address;  // drawn before, and never real
  const BandFigures got = FiguresOf({run}, {2, 4});
  EXPECT_EQ(got.previous_address, 0.5);
  EXPECT_EQ(got.repeated_tuple, 0.5);
}

TEST(FiguresOf, AWindowOfOneAddressCountsWhereItEnds) {
  RunSequence run{{}, Distinct(600), {}};
  for (size_t i = 200; i < 381; ++i) run.rows[i].remote_address = 7;  // 181 of 200
  for (size_t i = 400; i < 580; ++i) run.rows[i].remote_address = 7;  // 180 of 200: not over nine tenths
  EXPECT_EQ(FiguresOf({run}, {32, 200}).one_address_windows, 0);
  EXPECT_EQ(FiguresOf({run}, {200, 500}).one_address_windows, 1);
  EXPECT_EQ(FiguresOf({run}, {500, 1000}).one_address_windows, 0);
}

TEST(FiguresOf, AWindowOfRealRowsTakesPartInItsWindows) {
  RunSequence run{Distinct(32), Distinct(168), {}};
  for (HostRow& row : run.rows) row.remote_address = 7;  // 168 of 200
  EXPECT_EQ(FiguresOf({run}, {32, 200}).one_address_windows, 0);
  for (HostRow& row : run.window) row.remote_address = 7;
  EXPECT_EQ(FiguresOf({run}, {32, 200}).one_address_windows, 1);
}

TEST(BandRowsOf, EachRowStandsBehindWhatItWasDrawnAfter) {
  RunSequence free{Distinct(2), Distinct(3), {}};
  RunSequence ahead{{}, Distinct(4), Distinct(4)};
  for (HostRow& row : ahead.truth) row.bytes += 1000;
  const BandRows got = BandRowsOf({free, ahead}, {3, 5});
  ASSERT_EQ(got.size(), 3);
  EXPECT_EQ(got.run, (std::vector<uint32_t>{0, 0, 1}));
  EXPECT_EQ(got.rows.bytes, (std::vector<uint64_t>{101, 100, 101, 100, 101, 102, 1101, 1102, 103}));
  EXPECT_EQ(BandRows::Own(1), 5);
  EXPECT_EQ(BandRows::Before(1), 4);
  EXPECT_EQ(BandRows::BeforeThat(1), 3);
}

}  // namespace
}  // namespace stanflow
