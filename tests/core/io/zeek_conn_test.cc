#include "core/io/zeek_conn.h"

#include "core/io/all_formats.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/io/io_testing.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

ReadRows Read(std::string_view format, const std::string& text, Biflow biflow = Biflow::kSplit) {
  TempDir dir;
  ReaderOptions options;
  options.biflow = biflow;
  auto reader = OpenFlowReader(dir.Write("f", text), format, options);
  EXPECT_TRUE(reader.ok()) << reader.status();
  auto rows = ReadAllRows(reader->get());
  EXPECT_TRUE(rows.ok()) << rows.status();
  return *rows;
}

constexpr char kHead[] =
    "#separator \\x09\n"
    "#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tduration\thistory\torig_pkts\torig_ip_"
    "bytes\t"
    "resp_pkts\tresp_ip_bytes\tlocal_orig\n";

struct Conn {
  std::string ts = "1300475167.096535", orig_port = "59856", resp_port = "80", proto = "tcp";
  std::string duration = "2.001900", history = "ShADadFf", counts = "6\t1000\t5\t7000";
};

std::string Row(const Conn& c) {
  return StrCat(c.ts, "\t141.142.220.118\t", c.orig_port, "\t208.80.152.118\t", c.resp_port, "\t", c.proto,
                "\t", c.duration, "\t", c.history, "\t", c.counts, "\tT\n");
}

ReadRows ReadConn(const Conn& c, Biflow biflow = Biflow::kSplit) {
  return Read(kZeekTsvFormat, kHead + Row(c), biflow);
}

TEST(ZeekConn, AConnectionIsAFlowOfEachSide) {
  const ReadRows rows = ReadConn({});
  ASSERT_EQ(rows.flows.size(), 2u);
  // 1300475167.096535 + 2.001900 s; SYN, ACK, PSH, FIN of either side.
  const Flow forward = {1300475169098, 2001, 0x8D8EDC76, 0xD0509876, 59856, 80, 6, 27, 0, 6, 1000};
  const Flow reverse = {1300475169098, 2001, 0xD0509876, 0x8D8EDC76, 80, 59856, 6, 27, 0, 5, 7000};
  EXPECT_TRUE(rows.flows.Row(0) == forward);
  EXPECT_TRUE(rows.flows.Row(1) == reverse);
  EXPECT_THAT(rows.lines, ElementsAre(3, 3));
  EXPECT_THAT(ReadConn({}, Biflow::kKeep).flows.bytes, ElementsAre(8000));
}

TEST(ZeekConn, HistorySaysTheFlagsOfEitherSide) {
  const auto flags = [](std::string_view history) {
    Conn conn;
    conn.history = std::string(history);
    return ReadConn(conn).flows.tcp_flags;
  };
  EXPECT_THAT(flags("S"), ElementsAre(2, 0));
  EXPECT_THAT(flags("Sr"), ElementsAre(2, 4));
  EXPECT_THAT(flags("Sh"), ElementsAre(2, 18));
  EXPECT_THAT(flags("^hADd"), ElementsAre(24, 26));
  EXPECT_THAT(flags("RI"), ElementsAre(5, 0));
  EXPECT_THAT(flags("CcGgx"), ElementsAre(0, 0));
  EXPECT_THAT(flags("-"), ElementsAre(0, 0));
  Conn udp;
  udp.proto = "udp";
  udp.history = "Dd";
  EXPECT_THAT(ReadConn(udp).flows.tcp_flags, ElementsAre(0, 0));
}

TEST(ZeekConn, UnsetAndEmptyValuesAreNoNumbersButNoFaultWhereTheyMayBe) {
  Conn conn;
  conn.duration = "-";
  conn.history = "(empty)";
  EXPECT_THAT(ReadConn(conn).flows.duration_ms, ElementsAre(0, 0));
  conn.counts = "1\t-\t0\t0";
  const ReadRows rows = ReadConn(conn);
  ASSERT_EQ(rows.rejected.size(), 1u);
  EXPECT_EQ(rows.rejected[0].reason, "column orig_ip_bytes: '' is not a number");
}

TEST(ZeekConn, AConnectionWithoutPacketsIsRejectedWithThatReason) {
  Conn conn;
  conn.counts = "0\t0\t0\t0";
  conn.history = "C";
  const ReadRows rows = ReadConn(conn);
  ASSERT_EQ(rows.rejected.size(), 1u);
  EXPECT_EQ(rows.rejected[0].reason, "has no packets in either direction");
}

TEST(ZeekConn, IcmpTypeAndCodeStandInThePorts) {
  const auto ports = [](std::string_view type, std::string_view code) {
    Conn conn;
    conn.proto = "icmp";
    conn.orig_port = std::string(type);
    conn.resp_port = std::string(code);
    return ReadConn(conn).flows.destination_port;
  };
  EXPECT_THAT(ports("8", "0"), ElementsAre(2048, 0)) << "echo and its reply";
  EXPECT_THAT(ports("0", "8"), ElementsAre(0, 2048));
  EXPECT_THAT(ports("3", "1"), ElementsAre(769, 769)) << "host unreachable";
}

TEST(ZeekConn, OtherProtocolsAreKnownByNumber) {
  const std::string head =
      "#separator \\x09\n#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\t"
      "duration\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\tip_proto\n";
  const auto row = [](std::string_view number) {
    return StrCat("1.0\t10.1.0.1\t0\t192.0.2.1\t0\tunknown_transport\t-\t-\t1\t100\t0\t0\t", number, "\n");
  };
  EXPECT_THAT(Read(kZeekTsvFormat, head + row("47")).flows.protocol, ElementsAre(47));
  EXPECT_THAT(Read(kZeekTsvFormat, head + row("-")).rejected[0].reason,
              HasSubstr("'unknown_transport' is not a protocol's name or number"));
}

TEST(ZeekTsv, TheHeadSaysHowTheRowsAreWritten) {
  const ReadRows rows = Read(kZeekTsvFormat,
                             "#separator \\x7c\n#unset_field|NIL\n#empty_field|NONE\n"
                             "#fields|id.resp_h|id.resp_p|ts|proto|id.orig_h|id.orig_p|duration|history|orig_"
                             "pkts|orig_ip_bytes|resp_pkts|"
                             "resp_ip_bytes\n"
                             "#types|addr|port|time|enum|addr|port|interval|string|count|count|count|count\n"
                             "192.0.2.1|443|1704672000.5|tcp|10.1.0.1|1000|NIL|NONE|1|1001|0|0\n");
  EXPECT_TRUE(rows.rejected.empty()) << rows.rejected[0].reason;
  EXPECT_THAT(rows.flows.bytes, ElementsAre(1001));
  EXPECT_THAT(rows.flows.destination_port, ElementsAre(443));
}

TEST(ZeekTsv, AnotherHeadInTheMiddleHoldsFromThereOn) {
  const ReadRows rows =
      Read(kZeekTsvFormat,
           StrCat(kHead, Row({}), "#close\t2011-03-18-20-00-00\n",
                  "#separator \\x20\n#fields ts id.orig_h id.resp_h id.orig_p id.resp_p proto orig_pkts "
                  "orig_ip_bytes "
                  "resp_pkts resp_ip_bytes\n1704672000.5 10.1.0.1 192.0.2.1 1000 443 udp 1 1002 0 0\n"));
  EXPECT_TRUE(rows.rejected.empty()) << rows.rejected[0].reason;
  EXPECT_THAT(rows.flows.bytes, ElementsAre(1000, 7000, 1002));
}

TEST(ZeekTsv, RowsOfAnotherLogAreRejectedAndTheLogIsNotClaimed) {
  const std::string dns =
      "#separator \\x09\n#path\tdns\n#fields\tts\tuid\tquery\n#types\ttime\tstring\tstring\n"
      "1300475167.1\tC1\texample.com\n";
  EXPECT_THAT(Read(kZeekTsvFormat, dns).rejected[0].reason,
              HasSubstr("follows a head that has no column 'id.orig_h, id.resp_h"));
  EXPECT_THAT(std::string(ProbeZeekTsv(dns).message()), HasSubstr("line 3 has no column 'id.orig_h"));
}

TEST(ZeekTsv, TypesThatAreNotConnLogsAreRefused) {
  const std::string text = StrCat(
      kHead,
      "#types\tstring\taddr\tport\taddr\tport\tenum\tinterval\tstring\tcount\tcount\tcount\tcount\tbool\n",
      Row({}));
  EXPECT_THAT(Read(kZeekTsvFormat, text).rejected[0].reason,
              HasSubstr("gives field ts the type 'string' where conn.log has time"));
}

TEST(ZeekTsv, RowsBeforeAHeadAreRejected) {
  const ReadRows rows = Read(kZeekTsvFormat, Row({}) + kHead + Row({}));
  ASSERT_EQ(rows.rejected.size(), 1u);
  EXPECT_EQ(rows.rejected[0].line, 1u);
  EXPECT_EQ(rows.flows.size(), 2u);
}

std::string Object(std::string_view ts, std::string_view more = "") {
  return StrCat(R"({"ts":)", ts, R"(,"id.orig_h":"10.1.0.1","id.orig_p":1000,"id.resp_h":"192.0.2.1",)",
                R"("id.resp_p":443,"proto":"tcp","orig_pkts":1,"orig_ip_bytes":1001,"resp_pkts":0,)",
                R"("resp_ip_bytes":0)", more, "}\n");
}

TEST(ZeekJson, TakesTimesInEveryFormThatZeekWrites) {
  for (const char* ts :
       {"1704672000.512345", "\"2024-01-08T00:00:00.512345Z\"", "1704672000512", "1704672000512.345"}) {
    EXPECT_THAT(Read(kZeekJsonFormat, Object(ts)).flows.end_ms, ElementsAre(1704672000512)) << ts;
  }
  EXPECT_THAT(Read(kZeekJsonFormat, Object("1704672000.5", R"(,"duration":9e-06)")).flows.duration_ms,
              ElementsAre(0));
  EXPECT_THAT(Read(kZeekJsonFormat, Object("1704672000.5", R"(,"duration":0.25)")).flows.end_ms,
              ElementsAre(1704672000750));
}

TEST(ZeekJson, ReadsOverWhatItDoesNotKnowHoweverItIsNested) {
  const ReadRows rows =
      Read(kZeekJsonFormat,
           Object("1704672000.5", R"(,"tunnel_parents":[],"id":{"orig_p":7,"ts":[1,{"proto":"x"}]})"));
  EXPECT_TRUE(rows.rejected.empty()) << rows.rejected[0].reason;
  EXPECT_THAT(rows.flows.source_port, ElementsAre(1000));
}

TEST(ZeekJson, SaysWhatALineIsNot) {
  const auto reason = [](const std::string& line) {
    return Read(kZeekJsonFormat, line + "\n").rejected[0].reason;
  };
  EXPECT_THAT(reason(R"({"ts":1)"), HasSubstr("is not JSON from byte "));
  EXPECT_EQ(reason("[1,2]"), "is not a JSON object");
  EXPECT_EQ(reason("17"), "is not a JSON object");
  EXPECT_EQ(reason(R"({"ts":1,"query":"x"})"), "has no value 'id.orig_h', which conn.log has");
  EXPECT_EQ(reason(R"({"ts":null})"), "has no value 'ts', which conn.log has");
}

}  // namespace
}  // namespace stanflow
