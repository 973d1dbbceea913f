#include "core/train/rate_schedule.h"

#include <cmath>
#include <utility>

#include "gtest/gtest.h"

namespace stanflow {
namespace {

RatePoint At(uint64_t rows) {
  RatePoint point;
  point.rows_done = rows;
  point.total_rows = 1000;
  point.steps = 50;
  return point;
}

TEST(RateFactor, WarmsUpOverFiftySteps) {
  RatePoint point = At(0);
  point.steps = 0;
  EXPECT_DOUBLE_EQ(RateFactor(Preset::kCausal, point), 0.02);
  point.steps = 49;
  EXPECT_DOUBLE_EQ(RateFactor(Preset::kCausal, point), 1);
}

TEST(RateFactor, FallsAsACosineToZeroOverThePlannedRows) {
  EXPECT_DOUBLE_EQ(RateFactor(Preset::kCausal, At(0)), 1);
  EXPECT_NEAR(RateFactor(Preset::kCausal, At(250)), 0.5 * (1 + std::sqrt(0.5)), 1e-12);
  EXPECT_NEAR(RateFactor(Preset::kCausal, At(500)), 0.5, 1e-12);
  EXPECT_NEAR(RateFactor(Preset::kCausal, At(1000)), 0, 1e-12);
  EXPECT_NEAR(RateFactor(Preset::kCausal, At(1200)), 0, 1e-12);
}

TEST(RateFactor, OfANetThatSettlesGoesOnWhereItWasAndReachesZeroAtTheSettlingsEnd) {
  RatePoint point = At(400);
  point.settle_begin = 400;
  point.settle_end = 400 + SettleRows(400);
  EXPECT_DOUBLE_EQ(RateFactor(Preset::kCausal, point), RateFactor(Preset::kCausal, At(400)));
  point.rows_done = point.settle_end;
  EXPECT_NEAR(RateFactor(Preset::kCausal, point), 0, 1e-12);
}

TEST(RateFactor, HalvesAfterEveryLossThatWasNoNumber) {
  RatePoint point = At(500);
  point.halvings = 2;
  EXPECT_NEAR(RateFactor(Preset::kCausal, point), 0.125, 1e-12);
}

TEST(RateFactor, OfThePaperFallsByATenthEveryTenEpochs) {
  RatePoint point = At(900);
  for (const auto& [epoch, factor] : {std::pair{0, 1.0}, {9, 1.0}, {10, 0.9}, {25, 0.81}}) {
    point.epoch = epoch;
    EXPECT_NEAR(RateFactor(Preset::kPaper, point), factor, 1e-12) << epoch;
  }
}

}  // namespace
}  // namespace stanflow
