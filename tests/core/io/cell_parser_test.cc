#include "core/io/cell_parser.h"

#include "gtest/gtest.h"

namespace stanflow {
namespace {

constexpr int64_t kSecond = 1'000'000, kMs = 1000;

TEST(Micros, AreReadFromDecimalsWithoutLosingOne) {
  EXPECT_EQ(ParseMicros("1300475167.096535", kSecond), 1'300'475'167'096'535);
  EXPECT_EQ(ParseMicros("0.000009", kSecond), 9);
  EXPECT_EQ(ParseMicros("3550.182373", kSecond), 3'550'182'373);
  EXPECT_EQ(ParseMicros("7", kSecond), 7'000'000);
  EXPECT_EQ(ParseMicros("12.5", kMs), 12'500);
  EXPECT_EQ(ParseMicros("12.9", 1), 12);
  EXPECT_EQ(ParseMicros("1.0000009999999", kSecond), 1'000'000) << "decimals behind the sixth are dropped";
}

TEST(Micros, AreReadFromExponents) {
  EXPECT_EQ(ParseMicros("9e-06", kSecond), 9);
  EXPECT_EQ(ParseMicros("1.5e3", kMs), 1'500'000);
}

TEST(Micros, OfAnythingElseAreNone) {
  for (const char* text : {"", "-", "-1", "-0.5", "x", "1.x", "1 2", "nan", "inf", "1e300", "253402300800",
                           "99999999999999999999999"}) {
    EXPECT_FALSE(ParseMicros(text, kSecond)) << text;
  }
}

TEST(UtcMicros, TakeSlashesAndUpToNineDecimals) {
  constexpr int64_t kDay = 1'300'406'400;  // 2011-03-18T00:00:00Z
  const int64_t expected = (kDay + 19 * 3600 + 6 * 60 + 7) * kSecond + 96'535;
  EXPECT_EQ(ParseUtcMicros("2011-03-18T19:06:07.096535Z"), expected);
  EXPECT_EQ(ParseUtcMicros("2011/03/18 19:06:07.096535"), expected);
  EXPECT_EQ(ParseUtcMicros("2011-03-18 19:06:07.096535999"), expected);
  EXPECT_EQ(ParseUtcMicros("2011-03-18 19:06:07"), expected - 96'535);
  for (const char* text : {"", "2011-03-18", "2011-02-30 00:00:00", "2011-03-18 19:06:07.",
                           "2011-03-18 19:06:07+01", "2011/03-18 19:06:07", "0000-00-00 00:00:00.000"}) {
    EXPECT_FALSE(ParseUtcMicros(text)) << text;
  }
}

TEST(CellParser, NamesTheColumnAndWhatItShouldHaveBeen) {
  std::string reason;
  const CellParser parser(&reason);
  Flow flow;
  EXPECT_FALSE(parser.SetTimes({"td", "5"}, 0, -1, &flow));
  EXPECT_EQ(reason, "column td: '5' is an end before the start");
  EXPECT_FALSE(parser.SetTimes({"td", "x"}, 0, int64_t{4'294'967'296} * 1000, &flow));
  EXPECT_EQ(reason, "column td: 'x' makes the flow longer than 4294967.295 seconds");
  EXPECT_TRUE(parser.SetTimes({"td", ""}, 1'999, int64_t{4'294'967'295} * 1000, &flow));
  EXPECT_EQ(flow.end_ms, 1);
  EXPECT_EQ(flow.duration_ms, 4'294'967'295u);
}

}  // namespace
}  // namespace stanflow
