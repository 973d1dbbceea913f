#include "core/eval/clock_hours.h"

#include "gtest/gtest.h"

namespace stanflow {
namespace {

HourShares Hours(std::initializer_list<std::pair<int, double>> counts) {
  HourShares out{};
  for (const auto& [hour, count] : counts) out[hour] = count;
  return out;
}

TEST(ClockHours, WeightsGiveTheTargetsSharesAndSumToOne) {
  const HourMatch match = MatchHours(Hours({{1, 30}, {3, 10}}), Hours({{1, 5}, {3, 20}, {7, 100}}));
  EXPECT_DOUBLE_EQ(match.row_weight[1] * 5, 0.75);
  EXPECT_DOUBLE_EQ(match.row_weight[3] * 20, 0.25);
  EXPECT_EQ(match.row_weight[7], 0);
  EXPECT_EQ(match.borrowed, 0);
}

TEST(ClockHours, AnHourThatIsLackingGoesInHalvesToTheTwoNearest) {
  const HourMatch match = MatchHours(Hours({{2, 10}}), Hours({{1, 4}, {3, 2}, {9, 50}}));
  EXPECT_DOUBLE_EQ(match.row_weight[1] * 4, 0.5);
  EXPECT_DOUBLE_EQ(match.row_weight[3] * 2, 0.5);
  EXPECT_EQ(match.borrowed, 1);
}

TEST(ClockHours, TheNearestHourIsLookedForAroundMidnight) {
  const HourMatch match = MatchHours(Hours({{0, 1}}), Hours({{23, 10}, {3, 10}}));
  EXPECT_DOUBLE_EQ(match.row_weight[23] * 10, 1);
  EXPECT_EQ(match.row_weight[3], 0);
}

}  // namespace
}  // namespace stanflow
