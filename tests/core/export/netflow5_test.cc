#include "core/export/netflow5.h"

#include "tests/core/export/export_testing.h"

namespace stanflow {
namespace {

std::unique_ptr<DatagramEncoder> Encoder(const NetFlow5Options& options = {}) {
  return NewNetFlow5Encoder(options).value();
}

struct Packet {
  uint32_t sequence = 0;
  uint32_t uptime_ms = 0;
  int64_t boot_ms = 0;
  std::vector<Flow> flows;
};

// After tables B-3 and B-4 of Cisco's "NetFlow Export Datagram Format".
Packet Decode(std::string_view datagram) {
  OctetReader in(datagram);
  Packet packet;
  EXPECT_EQ(in.U16(), 5);
  const uint16_t count = in.U16();
  packet.uptime_ms = in.U32();
  const int64_t seconds = in.U32();
  const int64_t nanoseconds = in.U32();
  packet.boot_ms = seconds * 1000 + nanoseconds / 1000000 - packet.uptime_ms;
  packet.sequence = in.U32();
  in.Number(4);  // engine type and id, sampling
  for (int i = 0; i < count; ++i) {
    Flow flow;
    flow.source_address = in.U32();
    flow.destination_address = in.U32();
    in.Number(8);  // next hop, input, output
    flow.packets = in.U32();
    flow.bytes = in.U32();
    const uint32_t first = in.U32(), last = in.U32();
    EXPECT_LE(first, last);
    EXPECT_LE(last, packet.uptime_ms);
    flow.end_ms = packet.boot_ms + last;
    flow.duration_ms = last - first;
    flow.source_port = in.U16();
    flow.destination_port = in.U16();
    in.U8();
    flow.tcp_flags = in.U8();
    flow.protocol = in.U8();
    flow.tos = in.U8();
    in.Number(8);  // AS numbers, masks, padding
    packet.flows.push_back(flow);
  }
  EXPECT_EQ(in.left(), 0u);
  return packet;
}

// The packet by hand. The boot is an hour (3600000 ms, 0x36ee80) before the flow's start 1704706179198;
// export 1704706202 s = 0x659bc09a, so that the uptime is 1704706202000 - 1704702579198 = 3622802 = 0x374792.
// First is 3600000, Last 3600000 + 22052 = 3622052 = 0x3744a4.
TEST(NetFlow5, WritesThePacketThatOneWritesByHand) {
  NetFlow5Options options;
  options.engine_type = 1;
  options.engine_id = 2;
  options.first_sequence = 0x01020304;
  const auto encoder = Encoder(options);
  const DatagramBatch batch = EncodeAll(encoder.get(), OneFlow(ExampleFlow()));
  ASSERT_EQ(batch.size(), 1u);
  EXPECT_EQ(batch.flows(0), 1u);
  EXPECT_EQ(Hex(batch[0]),
            Digits("0005 0001 00374792 659bc09a 00000000 01020304 01 02 0000 "  // header
                   "c6336407 0a010005 00000000 0000 0000 "                      // addresses; next hop, ways
                   "00000023 00000f58 0036ee80 003744a4 "                       // counters, times
                   "4578 0016 00 1a 06 08 "                                     // ports, flags, protocol, tos
                   "0000 0000 00 00 0000"));                                    // AS numbers, masks
  EXPECT_EQ(encoder->next_sequence(), 0x01020305u);
}

TEST(NetFlow5, CarriesEveryFieldOfManyFlowsWithoutAGapInTheSequence) {
  const FlowTable flows = ManyFlows(10000);
  const auto encoder = Encoder();
  const DatagramBatch batch = EncodeAll(encoder.get(), flows, 777);
  uint64_t clamped = 0;
  size_t row = 0;
  for (size_t i = 0; i < batch.size(); ++i) {
    const Packet packet = Decode(batch[i]);
    EXPECT_EQ(packet.sequence, row);
    EXPECT_EQ(packet.flows.size(), i + 1 < batch.size() ? 30u : 10000u % 30);
    EXPECT_EQ(packet.flows.size(), batch.flows(i));
    for (const Flow& flow : packet.flows) {
      Flow expected = Carried(flows.Row(row++));
      clamped += expected.packets > 0xffffffff || expected.bytes > 0xffffffff;
      expected.packets = std::min<uint64_t>(expected.packets, 0xffffffff);
      expected.bytes = std::min<uint64_t>(expected.bytes, 0xffffffff);
      ASSERT_TRUE(flow == expected) << row;
    }
  }
  EXPECT_EQ(row, flows.size());
  EXPECT_GT(clamped, 100u);
  const EncoderCounts counts = encoder->counts();
  EXPECT_EQ(counts.clamped_counters, clamped);
  EXPECT_EQ(counts.clamped_starts, 0u);
  EXPECT_EQ(counts.flows, 10000u);
  EXPECT_EQ(counts.datagrams, batch.size());
}

TEST(NetFlow5, NeverPassesThePayload) {
  for (const size_t payload : {512, 600, 1000, 1463, 1464, 1472, 9000}) {
    NetFlow5Options options;
    options.max_payload = payload;
    const DatagramBatch batch = EncodeAll(Encoder(options).get(), ManyFlows(500));
    for (size_t i = 0; i < batch.size(); ++i) {
      EXPECT_LE(batch[i].size(), payload);
      // It fills: one more record would be too much for the payload or for the format.
      if (i + 1 < batch.size()) {
        EXPECT_TRUE(batch[i].size() + 48 > payload || batch.flows(i) == 30) << payload;
      }
    }
  }
}

TEST(NetFlow5, IcmpHasTypeAndCodeInTheDestinationPortAndNoSourcePort) {
  Flow echo = ExampleFlow();
  echo.protocol = kIcmp;
  echo.source_port = 99;
  echo.destination_port = 0x0800;
  const Packet packet = Decode(EncodeAll(Encoder().get(), OneFlow(echo))[0]);
  EXPECT_EQ(packet.flows[0].source_port, 0);
  EXPECT_EQ(packet.flows[0].destination_port, 0x0800);
}

TEST(NetFlow5, GoesOnAfterTheBootHasMovedAndAfterTheSequenceWentRound) {
  NetFlow5Options options;
  options.first_sequence = 0xfffffff0;
  const FlowTable flows = ManyFlows(3000, 80 * kDayMs);
  const auto encoder = Encoder(options);
  const DatagramBatch batch = EncodeAll(encoder.get(), flows);
  uint32_t sequence = 0xfffffff0;
  size_t row = 0;
  for (size_t i = 0; i < batch.size(); ++i) {
    const Packet packet = Decode(batch[i]);
    EXPECT_EQ(packet.sequence, sequence);
    EXPECT_LE(packet.uptime_ms, 0x7fffffffu);
    sequence += static_cast<uint32_t>(packet.flows.size());
    for (const Flow& flow : packet.flows) {
      EXPECT_EQ(flow.end_ms, flows.end_ms[row]);
      EXPECT_EQ(flow.duration_ms, flows.duration_ms[row++]);
    }
  }
  // 80 days in pieces of 24.8.
  EXPECT_EQ(encoder->counts().boot_moves, 3u);
}

TEST(NetFlow5, HoldsFlowsBackUntilAPacketIsFullOrFlushed) {
  const auto encoder = Encoder();
  const FlowTable flows = ManyFlows(31);
  DatagramBatch batch;
  ASSERT_TRUE(encoder->Add(flows, 0, 29, &batch).ok());
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(encoder->pending(), 29u);
  ASSERT_TRUE(encoder->Add(flows, 29, 31, &batch).ok());
  EXPECT_EQ(batch.size(), 1u);
  EXPECT_EQ(encoder->pending(), 1u);
  ASSERT_TRUE(encoder->Flush(&batch).ok());
  EXPECT_EQ(batch.size(), 2u);
  ASSERT_TRUE(encoder->Flush(&batch).ok());
  EXPECT_EQ(batch.size(), 2u);
}

TEST(NetFlow5, APayloadThatIsNotPossibleIsRefusedByName) {
  NetFlow5Options options;
  options.max_payload = 100;
  EXPECT_EQ(NewNetFlow5Encoder(options).status(),
            absl::InvalidArgumentError("max_payload: 100 is not from 512 to 65507 octets"));
}

}  // namespace
}  // namespace stanflow
