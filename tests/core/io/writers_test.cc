#include "core/base/philox.h"
#include "core/io/all_formats.h"
#include "core/io/json_lines.h"
#include "core/io/ugr16_csv.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/core/io/io_testing.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

Flow Example() { return {1704706201250, 22052, 0xC6336407, 0x0A010005, 17784, 22, 6, 26, 8, 35, 3928}; }

// Flows all over what a row can hold, end times in whole seconds.
FlowTable AnyFlows(size_t rows) {
  FlowTable flows;
  for (uint32_t i = 0; i < rows; ++i) {
    const auto a = Philox4x32({i, 0, 0, 0}, {1, 2});
    const auto b = Philox4x32({i, 1, 0, 0}, {1, 2});
    Flow flow;
    flow.end_ms = int64_t{a[0]} * 1000;
    flow.duration_ms = a[1];
    flow.source_address = a[2];
    flow.destination_address = a[3];
    flow.source_port = static_cast<uint16_t>(b[0]);
    flow.destination_port = static_cast<uint16_t>(b[0] >> 16);
    flow.protocol = static_cast<uint8_t>(b[1]);
    flow.tcp_flags = static_cast<uint8_t>(b[1] >> 8);
    flow.tos = static_cast<uint8_t>(b[1] >> 16);
    flow.packets = 1 + b[2] % 1000;
    flow.bytes = 1 + (uint64_t{b[3]} << 15);
    flows.Append(flow);
  }
  return flows;
}

TEST(CsvWriter, WritesTheColumnsThatTheReaderDocuments) {
  FlowTable flows;
  flows.Append(Example());
  std::string text;
  const auto writer = NewUgr16CsvWriter();
  writer->AppendHeader(&text);
  writer->AppendRows(flows, &text);
  EXPECT_EQ(text,
            "te,td,sa,da,sp,dp,pr,flg,fwd,stos,pkt,byt,label\n"
            "2024-01-08 09:30:01,22.052,198.51.100.7,10.1.0.5,17784,22,TCP,.AP.S.,0,8,35,3928,background\n");
}

TEST(CsvWriter, EveryFlowThatIsWrittenReadsBack) {
  TempDir dir;
  const FlowTable flows = AnyFlows(20000);
  std::string text;
  const auto writer = NewUgr16CsvWriter();
  writer->AppendHeader(&text);
  writer->AppendRows(flows, &text);
  auto reader = OpenFlowReader(dir.Write("f", text), "auto");
  ASSERT_TRUE(reader.ok());
  const auto rows = ReadAllRows(reader->get());
  ASSERT_TRUE(rows.ok());
  EXPECT_TRUE(rows->rejected.empty()) << rows->rejected[0].reason;
  ASSERT_EQ(rows->flows.size(), flows.size());
  for (size_t i = 0; i < flows.size(); ++i) ASSERT_TRUE(rows->flows.Row(i) == flows.Row(i)) << i;
}

TEST(CsvWriter, PartsOfATableAreTheTable) {
  const FlowTable flows = AnyFlows(10);
  std::string whole, parts;
  NewUgr16CsvWriter()->AppendRows(flows, &whole);
  const auto writer = NewUgr16CsvWriter();
  writer->AppendRows(flows, 0, 3, &parts);
  writer->AppendRows(flows, 3, 3, &parts);
  writer->AppendRows(flows, 3, 10, &parts);
  EXPECT_EQ(parts, whole);
}

TEST(JsonLinesWriter, WritesOneObjectALineWithTheDocumentedFields) {
  FlowTable flows = AnyFlows(100);
  flows.Append(Example());
  std::string text;
  const auto writer = NewJsonLinesWriter();
  writer->AppendHeader(&text);
  writer->AppendRows(flows, &text);
  size_t rows = 0;
  nlohmann::json last;
  for (size_t begin = 0; begin < text.size(); ++rows) {
    const size_t end = text.find('\n', begin);
    last = nlohmann::json::parse(text.substr(begin, end - begin));
    begin = end + 1;
  }
  EXPECT_EQ(rows, flows.size());
  EXPECT_EQ(last, (nlohmann::json{{"flowEndMilliseconds", "2024-01-08T09:30:01.250Z"},
                                  {"flowDurationMilliseconds", 22052},
                                  {"sourceIPv4Address", "198.51.100.7"},
                                  {"destinationIPv4Address", "10.1.0.5"},
                                  {"sourceTransportPort", 17784},
                                  {"destinationTransportPort", 22},
                                  {"protocolIdentifier", 6},
                                  {"tcpControlBits", 26},
                                  {"ipClassOfService", 8},
                                  {"packetDeltaCount", 35},
                                  {"octetDeltaCount", 3928}}));
}

}  // namespace
}  // namespace stanflow
