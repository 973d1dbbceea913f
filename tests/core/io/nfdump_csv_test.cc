#include "core/io/nfdump_csv.h"

#include "core/io/all_formats.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/io/format_samples.h"
#include "tests/core/io/io_testing.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

ReadRows Read(const std::string& text, Biflow biflow = Biflow::kSplit) {
  TempDir dir;
  ReaderOptions options;
  options.biflow = biflow;
  auto reader = OpenFlowReader(dir.Write("f", text), kNfdumpCsvFormat, options);
  EXPECT_TRUE(reader.ok()) << reader.status();
  auto rows = ReadAllRows(reader->get());
  EXPECT_TRUE(rows.ok()) << rows.status();
  return *rows;
}

constexpr char kHead[] = "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt\n";

TEST(NfdumpCsv, ColumnsAreFoundByNameInAnyOrder) {
  const ReadRows rows = Read(
      "obyt,opkt,ibyt,ipkt,pr,dp,sp,da,sa,td,te,more\n"
      "0,0,1001,1,TCP,443,1000,192.0.2.1,10.1.0.1,0.500,2024-01-08 00:00:01,x\n");
  ASSERT_EQ(rows.flows.size(), 1u);
  Flow expected = NumberedFlow(1001);
  expected.tcp_flags = 0;  // there is no such column
  EXPECT_TRUE(rows.flows.Row(0) == expected);
}

TEST(NfdumpCsv, ReadsTheNamesAndMillisecondsOfLaterVersions) {
  const ReadRows rows = Read(
      "firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,flows\n"
      "2024-01-08 00:00:00.250,0.500,UDP,10.1.0.1,53,192.0.2.1,5353,2,180,1\n");
  ASSERT_EQ(rows.flows.size(), 1u);
  const Flow expected = {1704672000750, 500, 0x0A010001, 0xC0000201, 53, 5353, 17, 0, 0, 2, 180};
  EXPECT_TRUE(rows.flows.Row(0) == expected);
}

TEST(NfdumpCsv, ABidirectionalRecordIsSplitOrKept) {
  const std::string text = std::string(kHead) +
                           "2024-01-08 00:00:00,2024-01-08 00:00:01,1.000,10.1.0.1,192.0.2.1,1000,443,TCP,"
                           "...AP.SF,0,8,3,300,2,5000\n";
  const ReadRows split = Read(text);
  EXPECT_THAT(split.flows.bytes, ElementsAre(300, 5000));
  EXPECT_THAT(split.flows.source_port, ElementsAre(1000, 443));
  EXPECT_THAT(split.flows.tcp_flags, ElementsAre(27, 27));
  EXPECT_THAT(split.flows.tos, ElementsAre(8, 8));
  EXPECT_THAT(split.lines, ElementsAre(2, 2));
  EXPECT_THAT(Read(text, Biflow::kKeep).flows.bytes, ElementsAre(5300));
}

TEST(NfdumpCsv, WithoutALineOfNamesTheFortyEightColumnsAreMeant) {
  const FormatSample& sample = FormatSamples()[1];
  ASSERT_EQ(sample.format, kNfdumpCsvFormat);
  const std::string text = sample.row(1001) + "\n" + sample.row(1002) + "\n";
  EXPECT_THAT(Read(text).flows.bytes, ElementsAre(1001, 1002));
  EXPECT_TRUE(ProbeNfdumpCsv(text).ok());
}

TEST(NfdumpCsv, RowsBelowForeignNamesAreNotGuessedAt) {
  const ReadRows rows = Read("when,who\n" + FormatSamples()[1].row(1001) + "\n");
  EXPECT_EQ(rows.flows.size(), 0u);
  ASSERT_EQ(rows.rejected.size(), 2u);
  EXPECT_THAT(rows.rejected[1].reason, HasSubstr("follows a line of names that has no column 'sa, da, sp"));
}

TEST(NfdumpCsv, ReadsIcmpTypeAndCodeAsOneNumberOrAsTwo) {
  const auto row = [](std::string_view port) {
    return StrCat("2024-01-08 00:00:00,2024-01-08 00:00:01,1,10.1.0.1,192.0.2.1,0,", port,
                  ",ICMP,........,0,0,1,84,0,0\n");
  };
  EXPECT_THAT(Read(kHead + row("3.1") + row("769")).flows.destination_port, ElementsAre(769, 769));
}

TEST(NfdumpCsv, TheColumnThatCantBeReadIsNamedAsTheFileHasIt) {
  const ReadRows rows = Read(
      "firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,flows\n"
      "2024-01-08 00:00:00,0.5,UDP,10.1.0.1,53,192.0.2.1,x,2,180,1\n");
  ASSERT_EQ(rows.rejected.size(), 1u);
  EXPECT_EQ(rows.rejected[0].reason, "column dstPort: 'x' is not a number");
}

}  // namespace
}  // namespace stanflow
