#include "core/eval/sampling.h"

#include <algorithm>

#include "core/eval/host_hours.h"
#include "gtest/gtest.h"
#include "tests/core/eval/eval_testing.h"

namespace stanflow {
namespace {

TEST(Sampling, ChoosesWithoutRepeatAndTheSameForTheSameKey) {
  std::vector<uint32_t> chosen = Choose(AllOf(100), 30, {1, 2, 3});
  EXPECT_EQ(chosen, Choose(AllOf(100), 30, {1, 2, 3}));
  EXPECT_NE(chosen, Choose(AllOf(100), 30, {1, 2, 4}));
  std::sort(chosen.begin(), chosen.end());
  EXPECT_EQ(std::unique(chosen.begin(), chosen.end()), chosen.end());
  EXPECT_EQ(chosen.size(), 30);
}

TEST(Sampling, EveryElementIsEquallyLikely) {
  std::vector<int> hits(10);
  for (uint32_t repeat = 0; repeat < 4000; ++repeat) {
    for (uint32_t i : Choose(AllOf(10), 3, {7, 0, repeat})) ++hits[i];
  }
  for (int h : hits) EXPECT_NEAR(h, 1200, 150);  // five standard deviations
}

TEST(HostHours, HalvesAreDisjointWholeHostHoursAndHaveEveryClockHour) {
  const EvalRows rows = EvalRowsOf(SpreadFlows(2000, 6, 5, 3), TestHomes());
  const HostHours units = HostHoursOf(rows);
  EXPECT_EQ(units.units.size(), 30);
  const auto halves = SplitHostHours(units, 1, 0);
  EXPECT_EQ(halves[0].size() + halves[1].size(), rows.size());
  std::vector<int> half_of_unit(units.units.size(), -1);
  for (int half = 0; half < 2; ++half) {
    std::vector<bool> hours(24);
    for (uint32_t i : halves[half]) {
      int& of = half_of_unit[units.unit_of_row[i]];
      EXPECT_TRUE(of == -1 || of == half);
      of = half;
      hours[rows.ClockHour(i)] = true;
    }
    for (int hour = 0; hour < 5; ++hour) EXPECT_TRUE(hours[hour]) << half << " " << hour;
  }
  EXPECT_NE(halves[0], SplitHostHours(units, 1, 1)[0]);
}

TEST(HostHours, AnOrderHasEveryRowOnceBehindThoseOfItsHostHour) {
  const EvalRows rows = EvalRowsOf(SpreadFlows(600, 6, 5, 3), TestHomes());
  const HostHours units = HostHoursOf(rows);
  const HostHourOrder order = OrderByHostHour(units);
  ASSERT_EQ(order.position.size(), rows.size());
  for (uint32_t i = 0; i < rows.size(); ++i) {
    const uint32_t at = order.position[i];
    EXPECT_EQ(order.rows[at], i);
    if (order.place[at] == 0) continue;
    EXPECT_EQ(order.place[at - 1], order.place[at] - 1);
    EXPECT_EQ(units.unit_of_row[order.rows[at - 1]], units.unit_of_row[i]);
    EXPECT_LT(order.rows[at - 1], i);
  }
}

}  // namespace
}  // namespace stanflow
