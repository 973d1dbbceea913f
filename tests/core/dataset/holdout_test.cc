#include "core/dataset/holdout.h"

#include "core/flow/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace stanflow {
namespace {

constexpr int64_t kMidnight = 1704672000000;

TEST(Holdout, PrintsWhatItParsed) {
  for (const char* text : {"none", "hours=odd", "hours=even", "hosts=0.2", "hosts=0.123456789012345",
                           "after=2016-04-11T12:00:00Z", "after=2016-04-11T12:00:00.250Z"}) {
    const auto holdout = Holdout::Parse(text);
    ASSERT_TRUE(holdout.ok()) << holdout.status();
    EXPECT_EQ(holdout->ToString(), text);
  }
}

TEST(Holdout, RefusesTheRestAndListsTheForms) {
  for (const char* text : {"", "hours", "hours=", "hours=3", "hosts=0", "hosts=1", "hosts=x", "hosts=nan",
                           "hosts=-0.1", "after=noon", "None"}) {
    const auto holdout = Holdout::Parse(text);
    ASSERT_TRUE(absl::IsInvalidArgument(holdout.status())) << text;
    EXPECT_THAT(std::string(holdout.status().message()),
                ::testing::HasSubstr("hours=odd, hours=even, hosts=SHARE"));
  }
}

TEST(Holdout, HoursAreThoseOfTheClock) {
  const Holdout odd = Holdout::Parse("hours=odd").value(), even = Holdout::Parse("hours=even").value();
  for (int hour = 0; hour < 48; ++hour) {
    for (const int64_t within : {int64_t{0}, kHourMs - 1}) {
      const int64_t ms = kMidnight + hour * kHourMs + within;
      EXPECT_EQ(odd.Contains(1, ms), hour % 2 == 1) << hour;
      EXPECT_NE(odd.Contains(1, ms), even.Contains(1, ms));
    }
  }
}

TEST(Holdout, HostsAreHeldOutWholeAndAboutInTheirShare) {
  const Holdout holdout = Holdout::Parse("hosts=0.2").value();
  int held_out = 0;
  for (uint32_t address = 0; address < 10000; ++address) {
    held_out += holdout.Contains(address, 0);
    EXPECT_EQ(holdout.Contains(address, 0), holdout.Contains(address, kMidnight));
  }
  EXPECT_NEAR(held_out, 2000, 150);
}

TEST(Holdout, ALargerShareHoldsOutTheSameHostsAndMore) {
  const Holdout small = Holdout::Parse("hosts=0.1").value(), large = Holdout::Parse("hosts=0.3").value();
  for (uint32_t address = 0; address < 1000; ++address) {
    if (small.Contains(address, 0)) {
      EXPECT_TRUE(large.Contains(address, 0));
    }
  }
}

TEST(Holdout, AfterBeginsWithItsOwnInstant) {
  const Holdout holdout = Holdout::Parse("after=2024-01-08T12:00:00Z").value();
  EXPECT_FALSE(holdout.Contains(1, kMidnight + 12 * kHourMs - 1));
  EXPECT_TRUE(holdout.Contains(1, kMidnight + 12 * kHourMs));
  EXPECT_FALSE(Holdout().Contains(1, kMidnight));
}

}  // namespace
}  // namespace stanflow
