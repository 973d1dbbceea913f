#include "core/export/netflow9.h"

#include "tests/core/export/template_decoder.h"

namespace stanflow {
namespace {

std::unique_ptr<DatagramEncoder> Encoder(const NetFlow9Options& options = {}) {
  return NewNetFlow9Encoder(options).value();
}

// Both templates by hand: 4 octets of the set, 4 + 11 * 4 and 4 + 12 * 4 of the templates, together 104 =
// 0x68.
constexpr std::string_view kTemplateSet =
    "0000 0068 "
    "0100 000b 0001 0008 0002 0008 0004 0001 0005 0001 0006 0001 0007 0002 0008 0004 000b 0002 000c 0004 "
    "0015 0004 0016 0004 "
    "0101 000c 0001 0008 0002 0008 0004 0001 0005 0001 0006 0001 0007 0002 0008 0004 000b 0002 000c 0004 "
    "0015 0004 0016 0004 0020 0002 ";

// Times as in netflow5_test.cc: uptime 0x374792, first 0x36ee80, last 0x3744a4. A record has 39 octets, so
// that its set has 4 + 39 and one of padding: 44 = 0x2c. Three records: two templates and a flow.
TEST(NetFlow9, WritesThePacketThatOneWritesByHand) {
  NetFlow9Options options;
  options.source_id = 7;
  options.first_sequence = 0x01020304;
  const auto encoder = Encoder(options);
  const DatagramBatch batch = EncodeAll(encoder.get(), OneFlow(ExampleFlow()));
  ASSERT_EQ(batch.size(), 1u);
  EXPECT_EQ(Hex(batch[0]), Digits("0009 0003 00374792 659bc09a 01020304 00000007 ") + Digits(kTemplateSet) +
                               Digits("0100 002c "
                                      "0000000000000f58 0000000000000023 "  // bytes, packets
                                      "06 08 1a "                           // protocol, tos, flags
                                      "4578 c6336407 0016 0a010005 "        // port and address, twice
                                      "003744a4 0036ee80 00"));             // last, first, padding
  EXPECT_EQ(encoder->next_sequence(), 0x01020305u);
}

// 41 octets a record with ICMP_TYPE: 4 + 41 + 3 of padding = 48 = 0x30.
TEST(NetFlow9, IcmpHasATemplateOfItsOwn) {
  Flow echo = ExampleFlow();
  echo.protocol = kIcmp;
  echo.source_port = 99;
  echo.destination_port = 0x0800;
  const DatagramBatch batch = EncodeAll(Encoder().get(), OneFlow(echo));
  EXPECT_EQ(Hex(batch[0].substr(20 + 104)),
            Digits("0101 0030 0000000000000f58 0000000000000023 01 08 1a 0000 c6336407 0800 0a010005 "
                   "003744a4 0036ee80 0800 000000"));
}

TEST(NetFlow9, CarriesEveryFieldOfManyFlowsWithoutAGapInTheSequence) {
  const FlowTable flows = ManyFlows(10000);
  const auto encoder = Encoder();
  const DatagramBatch batch = EncodeAll(encoder.get(), flows, 777);
  TemplateDecoder collector;
  size_t row = 0;
  for (size_t i = 0; i < batch.size(); ++i) {
    const DecodedMessage packet = collector.Decode(batch[i]);
    EXPECT_EQ(packet.sequence, i);
    EXPECT_EQ(packet.count, packet.flows.size() + packet.templates);
    EXPECT_EQ(packet.flows.size(), batch.flows(i));
    for (const Flow& flow : packet.flows) {
      ASSERT_TRUE(flow == Carried(flows.Row(row))) << row;
      ASSERT_LE(flow.end_ms, int64_t{1000} * packet.seconds);
      ++row;
    }
  }
  EXPECT_EQ(row, flows.size());
  EXPECT_EQ(encoder->counts().flows, flows.size());
  EXPECT_EQ(encoder->counts().clamped_counters, 0u);
  EXPECT_EQ(encoder->counts().clamped_starts, 0u);
}

TEST(NetFlow9, FillsPacketsButNeverPassesThePayload) {
  for (const size_t payload : {512, 513, 514, 515, 600, 1471, 1472, 9000}) {
    NetFlow9Options options;
    options.max_payload = payload;
    const DatagramBatch batch = EncodeAll(Encoder(options).get(), ManyFlows(2000));
    for (size_t i = 0; i < batch.size(); ++i) {
      EXPECT_LE(batch[i].size(), payload);
      // The most that one more flow can need: padding, the header of a set, a record, padding.
      if (i + 1 < batch.size()) {
        EXPECT_GT(batch[i].size() + 3 + 4 + 41 + 3, payload);
      }
    }
  }
}

std::vector<size_t> PacketsWithTemplates(const DatagramBatch& batch) {
  TemplateDecoder collector;
  std::vector<size_t> found;
  for (size_t i = 0; i < batch.size(); ++i) {
    const uint32_t templates = collector.Decode(batch[i]).templates;
    EXPECT_TRUE(templates == 0 || templates == 2);
    if (templates > 0) found.push_back(i);
  }
  return found;
}

TEST(NetFlow9, RepeatsTemplatesAfterSoManyPackets) {
  NetFlow9Options options;
  options.templates = {20, 1000 * kDayMs};
  const DatagramBatch batch = EncodeAll(Encoder(options).get(), ManyFlows(2500));
  ASSERT_GT(batch.size(), 60u);
  const std::vector<size_t> found = PacketsWithTemplates(batch);
  for (size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i], 20 * i);
  EXPECT_EQ(found.size(), (batch.size() + 19) / 20);
}

TEST(NetFlow9, RepeatsTemplatesAfterSoMuchOfTheFlowsTime) {
  NetFlow9Options options;
  options.templates = {1000000, 10 * kMinuteMs};
  const auto encoder = Encoder(options);
  DatagramBatch batch;
  Flow flow = ExampleFlow();
  // A packet every four minutes.
  for (int i = 0; i < 7; ++i, flow.end_ms += 4 * kMinuteMs) {
    ASSERT_TRUE(encoder->Add(OneFlow(flow), 0, 1, &batch).ok());
    ASSERT_TRUE(encoder->Flush(&batch).ok());
  }
  EXPECT_EQ(PacketsWithTemplates(batch), (std::vector<size_t>{0, 3, 6}));
}

TEST(NetFlow9, GoesOnAfterTheBootHasMovedAndAfterTheSequenceWentRound) {
  NetFlow9Options options;
  options.first_sequence = 0xfffffffe;
  const FlowTable flows = ManyFlows(3000, 80 * kDayMs);
  const auto encoder = Encoder(options);
  const DatagramBatch batch = EncodeAll(encoder.get(), flows);
  TemplateDecoder collector;
  size_t row = 0;
  for (size_t i = 0; i < batch.size(); ++i) {
    const DecodedMessage packet = collector.Decode(batch[i]);
    EXPECT_EQ(packet.sequence, static_cast<uint32_t>(0xfffffffe + i));
    EXPECT_LE(packet.uptime_ms, 0x7fffffffu);
    for (const Flow& flow : packet.flows) {
      EXPECT_EQ(flow.end_ms, flows.end_ms[row]);
      EXPECT_EQ(flow.duration_ms, flows.duration_ms[row++]);
    }
  }
  EXPECT_EQ(row, flows.size());
  EXPECT_EQ(encoder->counts().boot_moves, 3u);
}

TEST(NetFlow9, EqualFlowsGiveEqualPacketsHoweverTheyCome) {
  const FlowTable flows = ManyFlows(500);
  const DatagramBatch whole = EncodeAll(Encoder().get(), flows, 500);
  const DatagramBatch pieces = EncodeAll(Encoder().get(), flows, 7);
  ASSERT_EQ(whole.size(), pieces.size());
  for (size_t i = 0; i < whole.size(); ++i) EXPECT_EQ(Hex(whole[i]), Hex(pieces[i]));
}

TEST(NetFlow9, OptionsThatAreNotPossibleAreRefusedByName) {
  NetFlow9Options options;
  options.max_payload = 70000;
  EXPECT_EQ(NewNetFlow9Encoder(options).status(),
            absl::InvalidArgumentError("max_payload: 70000 is not from 512 to 65507 octets"));
  options = NetFlow9Options();
  options.templates.packets = 0;
  EXPECT_EQ(NewNetFlow9Encoder(options).status(),
            absl::InvalidArgumentError("templates: packets and interval_ms must be more than 0"));
}

}  // namespace
}  // namespace stanflow
