#include "core/io/ugr16_csv.h"

#include "core/flow/address.h"
#include "core/io/all_formats.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/io/io_testing.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kGood[] =
    "2024-01-08 09:30:01,22.052,198.51.100.7,10.1.0.5,17784,22,TCP,.AP.S.,0,8,35,3928,background";

std::string ReasonFor(std::string_view line) {
  Flow flow;
  std::string reason;
  EXPECT_FALSE(ParseUgr16Row(line, &flow, &reason)) << line;
  return reason;
}

// kGood with one field replaced.
std::string With(int field, std::string_view value) {
  std::string line;
  std::string_view rest = kGood;
  for (int i = 0; i < 13; ++i) {
    const std::string_view own = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), own.size() + 1));
    StrAppend(&line, i == 0 ? "" : ",", i == field ? value : own);
  }
  return line;
}

ReadRows Read(std::string_view contents) {
  TempDir dir;
  auto reader = OpenFlowReader(dir.Write("f", contents), kUgr16CsvFormat);
  EXPECT_TRUE(reader.ok()) << reader.status();
  auto rows = ReadAllRows(reader->get());
  EXPECT_TRUE(rows.ok()) << rows.status();
  return *rows;
}

TEST(Ugr16Row, ReadsEveryColumn) {
  Flow flow;
  std::string reason;
  ASSERT_TRUE(ParseUgr16Row(kGood, &flow, &reason)) << reason;
  const Flow expected = {
      1704706201000, 22052, *ParseIpv4("198.51.100.7"), *ParseIpv4("10.1.0.5"), 17784, 22, 6, 26, 8, 35,
      3928};
  EXPECT_TRUE(flow == expected);
}

TEST(Ugr16Row, NamesTheColumnAndTheValueOfWhatItCantRead) {
  EXPECT_EQ(ReasonFor(With(10, "x")), "column pkt: 'x' is not a number");
  EXPECT_EQ(ReasonFor(With(11, "")), "column byt: '' is not a number");
  EXPECT_EQ(ReasonFor(With(11, "-5")), "column byt: '-5' is not a number");
  EXPECT_EQ(ReasonFor(With(11, "1.2 M")), "column byt: '1.2 M' is not a number");
  EXPECT_EQ(ReasonFor(With(4, "65536")), "column sp: '65536' is not in 0 to 65535");
  EXPECT_EQ(ReasonFor(With(9, "256")), "column stos: '256' is not in 0 to 255");
  EXPECT_EQ(ReasonFor(With(10, "0")), "column pkt: '0' is not in 1 to 281474976710656");
  EXPECT_EQ(ReasonFor(With(11, "99999999999999999999999")),
            "column byt: '99999999999999999999999' is not in 1 to 281474976710656");
  EXPECT_EQ(ReasonFor(With(0, "yesterday")), "column te: 'yesterday' is not a time like 2016-04-11 00:01:38");
  EXPECT_EQ(ReasonFor(With(6, "XYZ")), "column pr: 'XYZ' is not a protocol's name or number");
  EXPECT_EQ(ReasonFor(With(7, "SYN")), "column flg: 'SYN' is not a set of TCP flags like .AP.SF");
  EXPECT_EQ(ReasonFor(With(2, "10.1.0")), "column sa: '10.1.0' is not an IPv4 address");
  EXPECT_THAT(ReasonFor(With(1, "0.0005")), HasSubstr("column td: '0.0005'"));
  EXPECT_THAT(ReasonFor(With(1, "-1.000")), HasSubstr("column td: '-1.000'"));
  EXPECT_THAT(ReasonFor(With(1, "4294967.296")), HasSubstr("more than 4294967.295 seconds"));
}

TEST(Ugr16Row, RejectsIpv6AddressesWithThatReasonButReadsTheProtocolIpv6) {
  EXPECT_EQ(ReasonFor(With(2, "2001:db8::1")),
            "column sa: '2001:db8::1' is an IPv6 address; only IPv4 flows are read");
  EXPECT_THAT(ReasonFor(With(3, "::ffff:10.0.0.1")),
              HasSubstr("column da: '::ffff:10.0.0.1' is an IPv6 address"));
  Flow flow;
  std::string reason;
  ASSERT_TRUE(ParseUgr16Row(With(6, "IPv6"), &flow, &reason)) << reason;
  EXPECT_EQ(flow.protocol, 41);
}

TEST(Ugr16Row, CountsTheColumnsOfAnotherSchema) {
  EXPECT_EQ(ReasonFor("a,b,c,d,e,f,g,h,i"),
            "has 9 columns, ugr16-csv has 13: te,td,sa,da,sp,dp,pr,flg,fwd,stos,pkt,byt,label");
  EXPECT_THAT(ReasonFor("x"), HasSubstr("has 1 column, ugr16-csv has 13"));
  EXPECT_THAT(ReasonFor(StrCat(kGood, ",more")), HasSubstr("has 14 columns"));
}

TEST(Ugr16Row, ReasonsAreShortAndPrintableWhateverTheFieldHolds) {
  const std::string reason = ReasonFor(With(10, std::string(5000, '\xff')));
  EXPECT_LT(reason.size(), 300u);
  for (const char c : reason) EXPECT_TRUE(c >= ' ' && c <= '~');
}

TEST(Ugr16Row, ReadsDurationsWithAnyNumberOfDecimalsUpToThree) {
  const auto duration = [](std::string_view text) {
    Flow flow;
    std::string reason;
    EXPECT_TRUE(ParseUgr16Row(With(1, text), &flow, &reason)) << reason;
    return flow.duration_ms;
  };
  EXPECT_EQ(duration("6"), 6000u);
  EXPECT_EQ(duration("6.5"), 6500u);
  EXPECT_EQ(duration("6.05"), 6050u);
  EXPECT_EQ(duration("0.004"), 4u);
  EXPECT_EQ(duration("4294967.295"), 4294967295u);
}

TEST(Ugr16Row, ReadsIcmpTypeAndCodeAsOneNumberOrAsTwo) {
  const std::string icmp = "2024-01-08 09:30:01,0.0,10.1.0.5,192.0.2.1,0,@,ICMP,......,0,0,1,84,background";
  const auto port = [&](std::string_view text) {
    std::string line = icmp, reason;
    line.replace(line.find('@'), 1, text);
    Flow flow;
    EXPECT_TRUE(ParseUgr16Row(line, &flow, &reason)) << reason;
    return flow.destination_port;
  };
  EXPECT_EQ(port("771"), 771);
  EXPECT_EQ(port("3.3"), 771);
  EXPECT_EQ(port("8.0"), 2048);
  EXPECT_EQ(ReasonFor(With(5, "3.3")), "column dp: '3.3' is not a number") << "of TCP";
}

TEST(Ugr16Reader, NeverLosesTheFirstRowWithOrWithoutALineOfNames) {
  const std::string names = std::string(kUgr16Columns) + "\n";
  for (const std::string& head : {std::string(), names, "\xEF\xBB\xBF" + names}) {
    const ReadRows rows = Read(head + NumberedRow(1) + "\n" + NumberedRow(2) + "\n");
    EXPECT_THAT(rows.flows.bytes, ElementsAre(1, 2));
    EXPECT_TRUE(rows.rejected.empty());
  }
}

TEST(Ugr16Reader, ToleratesCarriageReturnsBlankLinesAndAMissingLastLineEnd) {
  const ReadRows rows = Read(StrCat(kUgr16Columns, "\r\n", NumberedRow(1), "\r\n\r\n\n", NumberedRow(2)));
  EXPECT_THAT(rows.flows.bytes, ElementsAre(1, 2));
  EXPECT_THAT(rows.lines, ElementsAre(2, 5));
  EXPECT_TRUE(rows.rejected.empty());
}

TEST(Ugr16Reader, ABadRowIsCountedWithItsLineAndShiftsNoOther) {
  const ReadRows rows = Read(StrCat(NumberedRow(1), "\n", "bad\n", NumberedRow(3), "\n", With(10, "x"),
                                    "\n,,,\n", kUgr16Columns, "\n", NumberedRow(7), "\n"));
  EXPECT_THAT(rows.flows.bytes, ElementsAre(1, 3, 7));
  EXPECT_THAT(rows.lines, ElementsAre(1, 3, 7));
  ASSERT_EQ(rows.rejected.size(), 4u);
  EXPECT_EQ(rows.rejected[0].line, 2u);
  EXPECT_EQ(rows.rejected[1].line, 4u);
  EXPECT_EQ(rows.rejected[1].reason, "column pkt: 'x' is not a number");
  EXPECT_EQ(rows.rejected[3].line, 6u) << "names that stand between rows are no row";
}

TEST(Ugr16Reader, AnEndlessLineIsOneRejectedRow) {
  const ReadRows rows =
      Read(StrCat(NumberedRow(1), "\n", std::string(3'000'000, 'x'), "\n", NumberedRow(3), "\n"));
  EXPECT_THAT(rows.flows.bytes, ElementsAre(1, 3));
  ASSERT_EQ(rows.rejected.size(), 1u);
  EXPECT_EQ(rows.rejected[0].line, 2u);
  EXPECT_THAT(rows.rejected[0].reason, HasSubstr("longer than"));
}

TEST(Ugr16Reader, ReadsMoreThanOneBatchInOrder) {
  constexpr int kRows = 20000;
  std::string text;
  for (int i = 1; i <= kRows; ++i) StrAppend(&text, NumberedRow(i), "\n");
  const ReadRows rows = Read(text);
  ASSERT_EQ(rows.flows.size(), static_cast<size_t>(kRows));
  for (int i = 0; i < kRows; ++i) ASSERT_EQ(rows.flows.bytes[i], static_cast<uint64_t>(i + 1));
}

}  // namespace
}  // namespace stanflow
