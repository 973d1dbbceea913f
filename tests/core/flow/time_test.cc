#include "core/flow/time.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace stanflow {
namespace {

TEST(Utc, ReadsTheFormsThatFilesAndPeopleUse) {
  EXPECT_EQ(ParseUtc("1970-01-01 00:00:00"), 0);
  EXPECT_EQ(ParseUtc("2016-04-11 00:01:38"), 1460332898000);
  EXPECT_EQ(ParseUtc("2016-04-11T00:01:38Z"), 1460332898000);
  EXPECT_EQ(ParseUtc("2016-04-11 00:01:38.250"), 1460332898250);
  EXPECT_EQ(ParseUtc("2016-04-11T00:01:38.25Z"), 1460332898250);
  EXPECT_EQ(ParseUtc("2016-04-11T00:01:38.5"), 1460332898500);
}

TEST(Utc, RefusesTimesThatAreNotOnTheClock) {
  for (const char* text :
       {"", "2016-04-11", "2016-04-11 24:00:00", "2016-04-11 00:60:00", "2016-04-11 00:00:60",
        "2016-13-01 00:00:00", "2016-00-01 00:00:00", "2016-04-31 00:00:00", "2015-02-29 00:00:00",
        "1969-12-31 23:59:59", "2016-04-11 00:01:38.", "2016-04-11 0:01:38", "2016-04-11 00:01:38.1234",
        "2016-04-11 00:01:38+02:00", "2016-04-11x00:01:38", "2016/04/11 00:01:38"}) {
    EXPECT_EQ(ParseUtc(text), std::nullopt) << text;
  }
  EXPECT_NE(ParseUtc("2016-02-29 00:00:00"), std::nullopt);
}

TEST(Utc, WhatIsWrittenReadsBack) {
  // Steps that hit every hour, month and leap day sooner or later.
  for (int64_t ms = 0; ms < 4'000'000'000'000; ms += 86'399'937'123) {
    EXPECT_EQ(ParseUtc(FormatUtc(ms)), ms);
    EXPECT_EQ(ParseUtc(FormatUtcSeconds(ms)), FloorTo(ms, kSecondMs));
  }
}

TEST(Utc, WritesPartsOfASecondOnlyWhereThereAreAny) {
  EXPECT_EQ(FormatUtc(1460332898000), "2016-04-11T00:01:38Z");
  EXPECT_EQ(FormatUtc(1460332898007), "2016-04-11T00:01:38.007Z");
  EXPECT_EQ(FormatUtcSeconds(1460332898999), "2016-04-11 00:01:38");
}

TEST(Utc, FloorToIsTheStartOfTheUnitAlsoBefore1970) {
  EXPECT_EQ(FloorTo(3'599'999, kHourMs), 0);
  EXPECT_EQ(FloorTo(3'600'000, kHourMs), 3'600'000);
  EXPECT_EQ(FloorTo(-1, kHourMs), -3'600'000);
}

TEST(Duration, ReadsNumbersWithTheirUnit) {
  EXPECT_EQ(ParseDuration("90s").value(), 90'000);
  EXPECT_EQ(ParseDuration("15m").value(), 900'000);
  EXPECT_EQ(ParseDuration("6h").value(), 21'600'000);
  EXPECT_EQ(ParseDuration("1d").value(), 86'400'000);
  EXPECT_EQ(ParseDuration("250ms").value(), 250);
  EXPECT_EQ(ParseDuration("1.5h").value(), 5'400'000);
}

TEST(Duration, RefusesTheRestAndShowsTheForm) {
  for (const char* text : {"", "5", "h", "-1h", "0s", "1w", "1 h", "1h30m", "1e99d", "..s"}) {
    const auto duration = ParseDuration(text);
    ASSERT_FALSE(duration.ok()) << text;
    EXPECT_THAT(std::string(duration.status().message()), ::testing::HasSubstr("90s, 15m, 6h or 1d"));
  }
}

}  // namespace
}  // namespace stanflow
