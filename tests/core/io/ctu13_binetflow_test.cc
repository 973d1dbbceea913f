#include "core/io/ctu13_binetflow.h"

#include "core/io/all_formats.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/io/io_testing.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kHead[] =
    "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,SrcBytes,Label\n";

ReadRows Read(const std::string& text, Biflow biflow = Biflow::kSplit) {
  TempDir dir;
  ReaderOptions options;
  options.biflow = biflow;
  auto reader = OpenFlowReader(dir.Write("f", text), kCtu13Format, options);
  EXPECT_TRUE(reader.ok()) << reader.status();
  auto rows = ReadAllRows(reader->get());
  EXPECT_TRUE(rows.ok()) << rows.status();
  return *rows;
}

std::string Row(std::string_view proto, std::string_view ports, std::string_view state,
                std::string_view counts) {
  const size_t colon = ports.find(':');
  return StrCat("2011/08/10 09:46:59.607825,1.026539,", proto, ",94.44.127.113,", ports.substr(0, colon),
                ",   ->,147.32.84.59,", ports.substr(colon + 1), ",", state, ",0,2,", counts,
                ",flow=Background\n");
}

TEST(Ctu13, ARecordIsAFlowOfEachSideWithItsOwnFlagsTosAndBytes) {
  const ReadRows rows = Read(kHead + Row("tcp", "1577:6881", "S_RA", "4,276,156"));
  ASSERT_EQ(rows.flows.size(), 2u);
  // 2011-08-10T09:46:59.607825Z + 1.026539 s; four packets in the ratio of 156 bytes to 120.
  const Flow forward = {1312969620634, 1026, 0x5E2C7F71, 0x9320543B, 1577, 6881, 6, 2, 0, 2, 156};
  const Flow reverse = {1312969620634, 1026, 0x9320543B, 0x5E2C7F71, 6881, 1577, 6, 20, 2, 2, 120};
  EXPECT_TRUE(rows.flows.Row(0) == forward);
  EXPECT_TRUE(rows.flows.Row(1) == reverse);
}

TEST(Ctu13, KeptTogetherTheCountsAreTheFilesOwn) {
  const ReadRows rows = Read(kHead + Row("tcp", "1577:6881", "S_RA", "4,276,156"), Biflow::kKeep);
  EXPECT_THAT(rows.flows.packets, ElementsAre(4));
  EXPECT_THAT(rows.flows.bytes, ElementsAre(276));
  EXPECT_THAT(rows.flows.tcp_flags, ElementsAre(22));
}

TEST(Ctu13, PacketsAreDividedByTheBytesAtLeastOneForEachSide) {
  const auto packets = [](std::string_view counts) {
    return Read(kHead + Row("udp", "1:2", "CON", counts)).flows.packets;
  };
  EXPECT_THAT(packets("10,1000,500"), ElementsAre(5, 5));
  EXPECT_THAT(packets("10,1000,1"), ElementsAre(1, 9));
  EXPECT_THAT(packets("10,1000,999"), ElementsAre(9, 1));
  EXPECT_THAT(packets("10,1000,1000"), ElementsAre(10));
  EXPECT_THAT(packets("10,1000,0"), ElementsAre(10));
  EXPECT_THAT(packets("281474976710656,281474976710656,1"), ElementsAre(1, 281474976710655));
}

TEST(Ctu13, WhereTheFileCountsPacketsOfEachSideTheseAreTaken) {
  std::string head = kHead;
  head.replace(head.find("Label"), 5, "SrcPkts,Label");
  EXPECT_THAT(Read(head + Row("udp", "1:2", "CON", "10,1000,500,9")).flows.packets, ElementsAre(9, 1));
  head.replace(head.find("SrcPkts"), 7, "DstPkts");
  EXPECT_THAT(Read(head + Row("udp", "1:2", "CON", "10,1000,500,9")).flows.packets, ElementsAre(1, 9));
}

TEST(Ctu13, CountsThatCanNotBeAreRejected) {
  const auto reason = [](std::string_view counts) {
    return Read(kHead + Row("udp", "1:2", "CON", counts)).rejected[0].reason;
  };
  EXPECT_EQ(reason("1,1000,500"), "has bytes but no packets from the responder");
  EXPECT_EQ(reason("0,0,0"), "has no packets in either direction");
  EXPECT_THAT(reason("10,1000,1001"), HasSubstr("column SrcBytes: '1001' is not in 0 to 1000"));
}

TEST(Ctu13, IcmpTypeAndCodeStandInTheSourcePort) {
  EXPECT_THAT(Read(kHead + Row("icmp", "0x0303:0x4fa8", "URP", "1,70,70")).flows.destination_port,
              ElementsAre(771));
  const ReadRows echo = Read(kHead + Row("icmp", "0x0008:0x2311", "ECO", "2,196,98"));
  EXPECT_THAT(echo.flows.destination_port, ElementsAre(2048, 0));
  EXPECT_THAT(echo.flows.source_port, ElementsAre(0, 0));
}

TEST(Ctu13, KnowsArgussNamesOfProtocolsAndRejectsWhatIsNotIp) {
  EXPECT_THAT(Read(kHead + Row("rtp", "1:2", "CON", "1,70,70")).flows.protocol, ElementsAre(17));
  EXPECT_THAT(Read(kHead + Row("igmp", ":", "INT", "1,70,70")).flows.protocol, ElementsAre(2));
  EXPECT_EQ(Read(kHead + Row("arp", ":", "CON", "1,42,42")).rejected[0].reason,
            "column Proto: 'arp' is not a protocol's name or number");
}

TEST(Ctu13, AStateWithoutSidesSaysNothingOfFlags) {
  EXPECT_THAT(Read(kHead + Row("tcp", "1:2", "CON", "2,140,70")).flows.tcp_flags, ElementsAre(0, 0));
  EXPECT_THAT(Read(kHead + Row("tcp", "1:2", "FSRPAUEC_", "1,70,70")).flows.tcp_flags, ElementsAre(255));
}

}  // namespace
}  // namespace stanflow
