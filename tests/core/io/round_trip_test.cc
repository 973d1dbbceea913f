// What a writer writes, its reader reads: property tests over flows all over what the format can say.
#include "core/base/philox.h"
#include "core/flow/protocol.h"
#include "core/flow/tcp_flags.h"
#include "core/io/all_formats.h"
#include "core/io/biflow.h"
#include "gtest/gtest.h"
#include "tests/core/io/format_samples.h"
#include "tests/core/io/io_testing.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

constexpr uint32_t kRows = 20'000;

// Any flow that a table may hold; half of the protocols are TCP, UDP or ICMP.
Flow AnyFlow(uint32_t number) {
  const auto a = Philox4x32({number, 0, 0, 0}, {3, 5});
  const auto b = Philox4x32({number, 1, 0, 0}, {3, 5});
  const auto c = Philox4x32({number, 2, 0, 0}, {3, 5});
  constexpr uint8_t kOften[] = {kTcp, kUdp, kIcmp, kTcp};
  Flow flow;
  flow.end_ms = int64_t{a[0]} * 1000 + c[0] % 1000;
  flow.duration_ms = a[1];
  flow.source_address = a[2];
  flow.destination_address = a[3];
  flow.source_port = static_cast<uint16_t>(b[0]);
  flow.destination_port = static_cast<uint16_t>(b[0] >> 16);
  flow.protocol = c[1] % 2 == 0 ? kOften[c[2] % 4] : static_cast<uint8_t>(b[1]);
  flow.tcp_flags = static_cast<uint8_t>(b[1] >> 8);
  flow.tos = static_cast<uint8_t>(b[1] >> 16);
  flow.packets = 1 + (uint64_t{b[2]} << (c[3] % 16));
  flow.bytes = 1 + (uint64_t{b[3]} << 15);
  return flow;
}

Flow AsUgr16Says(Flow flow) {
  flow.end_ms -= flow.end_ms % 1000;
  return flow;
}

Flow AsNfdumpSays(Flow flow) { return flow; }

// See NewZeekTsvWriter for what it can't say; a connection can't begin before 1970.
Flow AsZeekSays(Flow flow) {
  flow.end_ms += flow.duration_ms;
  flow.tos = 0;
  flow.tcp_flags = flow.protocol == kTcp ? flow.tcp_flags & (kFin | kSyn | kRst | kPsh | kAck) : 0;
  if ((flow.tcp_flags & kPsh) != 0) flow.tcp_flags |= kAck;
  if (flow.protocol != kIcmp) return flow;
  flow.source_port = 0;
  if (IcmpCounterpart(static_cast<uint8_t>(flow.destination_port >> 8))) flow.destination_port &= 0xFF00;
  return flow;
}

struct Pair {
  const char* writer;
  const char* reader;
  Flow (*as_it_says)(Flow flow);
};

class RoundTrip : public ::testing::TestWithParam<Pair> {
 protected:
  static std::string Write(const FlowTable& flows) {
    std::string text;
    const auto writer = NewFlowWriter(GetParam().writer).value();
    writer->AppendHeader(&text);
    writer->AppendRows(flows, &text);
    return text;
  }
  absl::StatusOr<ReadRows> Read(const std::string& text) {
    auto reader = OpenFlowReader(dir_.Write("f", text), "auto");
    if (!reader.ok()) return reader.status();
    EXPECT_EQ((*reader)->format(), GetParam().reader);
    return ReadAllRows(reader->get());
  }

  TempDir dir_;
};

TEST_P(RoundTrip, EveryFlowThatIsWrittenReadsBack) {
  FlowTable flows;
  for (uint32_t i = 0; i < kRows; ++i) flows.Append(GetParam().as_it_says(AnyFlow(i)));
  const auto rows = Read(Write(flows));
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_TRUE(rows->rejected.empty()) << rows->rejected[0].reason;
  ASSERT_EQ(rows->flows.size(), flows.size());
  for (size_t i = 0; i < flows.size(); ++i) ASSERT_TRUE(rows->flows.Row(i) == flows.Row(i)) << i;
}

TEST_P(RoundTrip, WhatWasReadAndWrittenReadsTheSame) {
  for (const FormatSample& sample : FormatSamples()) {
    if (sample.format != GetParam().reader) continue;
    const auto once = Read(sample.Text({1001, 1002, 1003}));
    ASSERT_TRUE(once.ok()) << once.status();
    const auto twice = Read(Write(once->flows));
    ASSERT_TRUE(twice.ok()) << twice.status();
    ASSERT_EQ(twice->flows.size(), 3u);
    for (size_t i = 0; i < 3; ++i) EXPECT_TRUE(twice->flows.Row(i) == once->flows.Row(i)) << i;
  }
}

TEST_P(RoundTrip, PartsOfATableAreTheTable) {
  FlowTable flows;
  for (uint32_t i = 0; i < 10; ++i) flows.Append(AnyFlow(i));
  const auto whole_writer = NewFlowWriter(GetParam().writer).value();
  const auto parts_writer = NewFlowWriter(GetParam().writer).value();
  std::string whole, parts;
  whole_writer->AppendRows(flows, &whole);
  parts_writer->AppendRows(flows, 0, 3, &parts);
  parts_writer->AppendRows(flows, 3, 3, &parts);
  parts_writer->AppendRows(flows, 3, 10, &parts);
  EXPECT_EQ(parts, whole);
}

INSTANTIATE_TEST_SUITE_P(All, RoundTrip,
                         ::testing::Values(Pair{"csv", "ugr16-csv", AsUgr16Says},
                                           Pair{"nfdump-csv", "nfdump-csv", AsNfdumpSays},
                                           Pair{"zeek", "zeek-tsv", AsZeekSays}),
                         [](const auto& info) {
                           std::string name = info.param.reader;
                           name.resize(name.find('-'));
                           return name;
                         });

TEST(NfdumpCsvWriter, WritesWhatNfdumpWould) {
  FlowTable flows;
  flows.Append({1704706201250, 22052, 0xC6336407, 0x0A010005, 17784, 22, 6, 26, 8, 35, 3928});
  std::string text;
  NewFlowWriter("nfdump-csv").value()->AppendRows(flows, &text);
  EXPECT_EQ(
      text,
      "2024-01-08 09:29:39.198,2024-01-08 "
      "09:30:01.250,22.052,198.51.100.7,10.1.0.5,17784,22,TCP,...AP.S.,0,8,"
      "35,3928,0,0,0,0,0,0,0,0,0,0,0.0.0.0,0.0.0.0,0,0,00:00:00:00:00:00,00:00:00:00:00:00,00:00:00:00:00:00,"
      "00:00:00:00:00:00,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,    0.000,    0.000,"
      "    0.000,0.0.0.0,0/0,0,2024-01-08 09:30:01.250\n");
}

TEST(ZeekWriter, WritesAConnectionWithoutAnswers) {
  FlowTable flows;
  flows.Append({1704706201250, 22052, 0xC6336407, 0x0A010005, 17784, 22, 6, 26, 8, 35, 3928});
  std::string text;
  NewFlowWriter("zeek").value()->AppendRows(flows, &text);
  const size_t uid = text.find("\tC") + 1;
  ASSERT_EQ(text.find('\t', uid) - uid, 17u) << text;
  text.replace(uid, 17, "UID");
  EXPECT_EQ(text,
            "1704706179.198000\tUID\t198.51.100.7\t17784\t10.1.0.5\t22\ttcp\t-\t22.052000\t-\t-\tS0\t-\t-"
            "\t0\tSAD\t35\t"
            "3928\t0\t0\t-\t6\n");
}

}  // namespace
}  // namespace stanflow
