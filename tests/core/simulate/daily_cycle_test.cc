#include "core/simulate/daily_cycle.h"

#include <cmath>

#include "core/flow/time.h"
#include "gtest/gtest.h"

namespace stanflow {
namespace {

constexpr int64_t kMonday = 1704672000000;

TEST(DailyCycle, PeopleWorkByDayOnWeekdays) {
  const double night = Activity(Cycle::kOffice, kMonday + 3 * kHourMs);
  const double morning = Activity(Cycle::kOffice, kMonday + 10 * kHourMs);
  const double saturday = Activity(Cycle::kOffice, kMonday + 5 * kDayMs + 10 * kHourMs);
  EXPECT_GT(morning, 20 * night);
  EXPECT_GT(morning, 5 * saturday);
  EXPECT_DOUBLE_EQ(Activity(Cycle::kOffice, kMonday + 7 * kDayMs + 10 * kHourMs), morning);
}

TEST(DailyCycle, IsAShareAndHasNoJumpsWithinAWeekday) {
  for (const Cycle cycle : {Cycle::kOffice, Cycle::kPublic, Cycle::kFlat}) {
    double previous = Activity(cycle, kMonday);
    for (int64_t ms = kMonday; ms < kMonday + kDayMs; ms += kMinuteMs) {
      const double now = Activity(cycle, ms);
      ASSERT_GE(now, 0);
      ASSERT_LE(now, 1);
      ASSERT_LT(std::abs(now - previous), 0.02);
      previous = now;
    }
  }
}

}  // namespace
}  // namespace stanflow
