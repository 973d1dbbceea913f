// With the real nfpcapd and nfdump.
#include "core/io/pcap.h"

#include <algorithm>
#include <filesystem>

#include "core/base/file.h"
#include "core/io/all_formats.h"
#include "core/io/child_process.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/io/io_testing.h"
#include "tests/core/io/packet_builder.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int64_t kStart = 1704672000250;  // 2024-01-08T00:00:00.250Z, milliseconds
constexpr uint32_t kHome = 0x0A010001, kPeer = 0xC0000201;

Packet At(int64_t ms, const std::string& frame) { return {(kStart + ms) * 1000, frame}; }
Packet Tcp(int64_t ms, bool answer, uint8_t flags, size_t data) {
  const std::string segment =
      answer ? TcpSegment(443, 1000, flags, data) : TcpSegment(1000, 443, flags, data);
  return At(ms, EthernetFrame(answer ? Ipv4Packet(kPeer, kHome, 6, segment)
                                     : Ipv4Packet(kHome, kPeer, 6, segment)));
}
Packet Udp(int64_t ms) {
  return At(ms, EthernetFrame(Ipv4Packet(kHome, kPeer, 17, UdpDatagram(5353, 5000, 30))));
}
Packet Icmp(int64_t ms, uint8_t type, uint8_t code) {
  return At(ms, EthernetFrame(Ipv4Packet(kHome, kPeer, 1, IcmpMessage(type, code))));
}

std::vector<Packet> Conversation() {
  return {Tcp(0, false, 0x02, 0),    Tcp(10, true, 0x12, 0),   Tcp(20, false, 0x18, 100),
          Tcp(500, true, 0x18, 400), Tcp(600, false, 0xC1, 0), Tcp(700, true, 0x11, 0)};
}

absl::StatusOr<ReadRows> TryToRead(const std::string& file) {
  TempDir dir;
  ReaderOptions options;
  options.scratch_dir = dir.File("scratch");
  auto reader = OpenFlowReader(dir.Write("f", file), "auto", options);
  if (!reader.ok()) return reader.status();
  EXPECT_EQ((*reader)->format(), kPcapFormat);
  auto rows = ReadAllRows(reader->get());
  *reader = nullptr;
  EXPECT_TRUE(std::filesystem::is_empty(options.scratch_dir)) << "something was left behind";
  return rows;
}

// By source address, then by end: nfpcapd has no order of its own.
std::vector<Flow> Sorted(const ReadRows& rows) {
  std::vector<Flow> flows;
  for (size_t i = 0; i < rows.flows.size(); ++i) flows.push_back(rows.flows.Row(i));
  std::sort(flows.begin(), flows.end(), [](const Flow& a, const Flow& b) {
    return std::pair(a.source_address, a.end_ms) < std::pair(b.source_address, b.end_ms);
  });
  return flows;
}

TEST(Pcap, AConversationIsAFlowOfEachSideToTheMillisecond) {
  for (const std::string& file : {PcapFile(Conversation()), PcapngFile(Conversation())}) {
    const auto rows = TryToRead(file);
    ASSERT_TRUE(rows.ok()) << rows.status();
    EXPECT_TRUE(rows->rejected.empty()) << rows->rejected[0].reason;
    const std::vector<Flow> flows = Sorted(*rows);
    ASSERT_EQ(flows.size(), 2u);
    const Flow forward = {kStart + 600, 600, kHome, kPeer, 1000, 443, 6, 0xDB, 0, 3, 220};
    const Flow reverse = {kStart + 700, 690, kPeer, kHome, 443, 1000, 6, 0x1B, 0, 3, 520};
    EXPECT_TRUE(flows[0] == forward);
    EXPECT_TRUE(flows[1] == reverse);
  }
}

TEST(Pcap, ASilenceOfMoreThanAMinuteEndsAFlow) {
  std::vector<Packet> packets = {Udp(0), Udp(1000)};
  // nfpcapd looks for silent flows when packets come.
  for (int64_t ms = 2000; ms < 200'000; ms += 5000) packets.push_back(Icmp(ms, 8, 0));
  packets.push_back(Udp(200'000));
  const auto rows = TryToRead(PcapFile(packets));
  ASSERT_TRUE(rows.ok()) << rows.status();
  std::vector<Flow> flows;
  for (const Flow& flow : Sorted(*rows)) {
    if (flow.protocol == 17) flows.push_back(flow);
  }
  ASSERT_EQ(flows.size(), 2u);
  EXPECT_EQ(flows[0].end_ms, kStart + 1000);
  EXPECT_EQ(flows[0].packets, 2u);
  EXPECT_EQ(flows[0].bytes, 116u);
  EXPECT_EQ(flows[1].end_ms, kStart + 200'000);
}

TEST(Pcap, IcmpTypeAndCodeAreTheDestinationPort) {
  const auto rows = TryToRead(PcapFile({Icmp(0, 8, 0), Icmp(1, 3, 1)}));
  ASSERT_TRUE(rows.ok()) << rows.status();
  const std::vector<Flow> flows = Sorted(*rows);
  ASSERT_EQ(flows.size(), 2u);
  EXPECT_EQ(flows[0].destination_port, 8 * 256);
  EXPECT_EQ(flows[1].destination_port, 3 * 256 + 1);
}

TEST(Pcap, Ipv6IsRejectedWithItsWholeAddress) {
  const std::string address = Be(0x20010db8, 4) + Be(0x0102030405060708, 8) + Be(1, 4);
  const std::string packet =
      StrCat(Be(0x60000000, 4), Be(12, 2), Be(17, 1), Be(64, 1), address, address, UdpDatagram(5, 6, 4));
  const auto rows = TryToRead(PcapFile({Udp(0), At(1, EthernetFrame(packet, 0x86dd))}));
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ(rows->flows.size(), 1u);
  ASSERT_EQ(rows->rejected.size(), 1u);
  EXPECT_THAT(rows->rejected[0].reason,
              HasSubstr("'2001:db8:102:304:506:708:0:1' is an IPv6 address; only IPv4 flows are read"));
}

TEST(Pcap, PacketsThatCanNotBeReadAreOneRejectedRowAndArpIsNone) {
  Packet cut = Udp(5);
  cut.captured = 30;
  const Packet arp =
      At(6, EthernetFrame(Be(1, 2) + Be(0x0800060400010000, 8) + std::string(36, '\0'), 0x0806));
  const auto rows = TryToRead(PcapFile({Udp(0), cut, arp}));
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ(rows->flows.size(), 1u);
  ASSERT_EQ(rows->rejected.size(), 1u);
  EXPECT_EQ(rows->rejected[0].line, 2u);
  EXPECT_EQ(rows->rejected[0].reason,
            "stands for packets that nfpcapd left out: 1 of 3 (1 cut off in the capture, 0 of an unknown "
            "kind, 0 skipped)");
}

TEST(Pcap, ACaptureThatBreaksOffOrIsDamagedIsDataLoss) {
  const std::string file = PcapFile(Conversation());
  std::string damaged = file;
  damaged.replace(24 + 8, 4, "\xff\xff\xff\xff");
  const std::pair<std::string, const char*> cases[] = {
      {file.substr(0, file.size() - 7), "nfpcapd says: truncated dump file"},
      {damaged, "nfpcapd says: invalid packet capture length"}};
  for (const auto& [bad, words] : cases) {
    const auto rows = TryToRead(bad);
    ASSERT_TRUE(absl::IsDataLoss(rows.status())) << rows.status();
    EXPECT_THAT(std::string(rows.status().message()), HasSubstr(words));
  }
}

TEST(Pcap, ACaptureWithoutPacketsHasNoRows) {
  const auto rows = TryToRead(PcapFile({}));
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ(rows->flows.size() + rows->rejected.size(), 0u);
}

TEST(Pcap, IsReadBehindCompressionAndNoOtherClaimsIt) {
  TempDir dir;
  WriteCompressed(dir.File("f"), "gzip", PcapFile(Conversation()));
  auto reader = OpenFlowReader(dir.File("f"), "auto");
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_EQ(ReadAllRows(reader->get())->flows.size(), 2u);
  for (const ReaderFormat& other : AllReaders()) {
    for (const std::string& file : {PcapFile({}), PcapngFile({})}) {
      EXPECT_EQ(other.probe(file).ok(), other.name == kPcapFormat) << other.name;
    }
  }
}

// nfcapd files that nfpcapd made: what nfcapd_test shows with a program in nfdump's place, with nfdump.
class RealNfcapd : public ::testing::Test {
 protected:
  RealNfcapd() {
    std::filesystem::create_directory(dir_.File("flows"));
    const auto made = RunProgram(
        {"nfpcapd", "-r", dir_.Write("pcap", PcapFile(Conversation())), "-w", dir_.File("flows")}, "");
    EXPECT_TRUE(made.ok()) << made.status();
    for (const auto& entry : std::filesystem::directory_iterator(dir_.File("flows"))) {
      file_ = entry.path().string();
    }
  }
  absl::StatusOr<ReadRows> Read(const std::string& path) {
    auto reader = OpenFlowReader(path, "auto");
    if (!reader.ok()) return reader.status();
    EXPECT_EQ((*reader)->format(), "nfcapd");
    return ReadAllRows(reader->get());
  }

  TempDir dir_;
  std::string file_;
};

TEST_F(RealNfcapd, IsReadToTheMillisecond) {
  const auto rows = Read(file_);
  ASSERT_TRUE(rows.ok()) << rows.status();
  const std::vector<Flow> flows = Sorted(*rows);
  ASSERT_EQ(flows.size(), 2u);
  EXPECT_EQ(flows[1].end_ms, kStart + 700);
  EXPECT_EQ(flows[1].duration_ms, 690u);
}

TEST_F(RealNfcapd, CutOffOrDamagedItIsDataLoss) {
  const std::string whole = ReadFile(file_).value();
  std::string other_version = whole;
  other_version[2] = 9;
  for (const std::string& bad : {whole.substr(0, whole.size() - 20), whole.substr(0, 10), other_version}) {
    const auto rows = Read(dir_.Write("bad", bad));
    EXPECT_TRUE(absl::IsDataLoss(rows.status())) << rows.status();
  }
}

TEST_F(RealNfcapd, WhatNfdumpWritesAsCsvReadsTheSameButForPartsOfASecond) {
  const auto csv = RunProgram({"nfdump", "-r", file_, "-o", "csv"}, "");
  ASSERT_TRUE(csv.ok()) << csv.status();
  auto reader = OpenFlowReader(dir_.Write("csv", *csv), "auto");
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_EQ((*reader)->format(), "nfdump-csv");
  const auto text = ReadAllRows(reader->get());
  const auto binary = Read(file_);
  ASSERT_TRUE(text.ok() && binary.ok());
  EXPECT_TRUE(text->rejected.empty()) << text->rejected[0].reason;
  ASSERT_EQ(text->flows.size(), binary->flows.size());
  for (size_t i = 0; i < text->flows.size(); ++i) {
    Flow expected = binary->flows.Row(i);
    expected.end_ms -= expected.end_ms % 1000;
    EXPECT_TRUE(text->flows.Row(i) == expected) << i;
  }
}

}  // namespace
}  // namespace stanflow
