#include "core/export/ipfix.h"

#include "tests/core/export/template_decoder.h"

namespace stanflow {
namespace {

std::unique_ptr<DatagramEncoder> Encoder(const IpfixOptions& options = {}) {
  return NewIpfixEncoder(options).value();
}

// By hand: 16 octets of header, 4 of the set, 4 + 11 * 4 and 4 + 12 * 4 of the templates, together 120 =
// 0x78. Elements: 152 = 0x98 flowStartMilliseconds, 153 flowEndMilliseconds, 1 octetDeltaCount, 2
// packetDeltaCount, 8 and 12 the addresses, 7 and 11 the ports, 32 = 0x20 icmpTypeCodeIPv4, 4
// protocolIdentifier, 5 ipClassOfService, 6 tcpControlBits. The export is at 1704706202 s = 0x659bc09a.
TEST(Ipfix, SendsTheTemplatesThatOneWritesByHandFirst) {
  IpfixOptions options;
  options.observation_domain = 42;
  options.first_sequence = 0x01020304;
  const DatagramBatch batch = EncodeAll(Encoder(options).get(), OneFlow(ExampleFlow()));
  ASSERT_EQ(batch.size(), 2u);
  EXPECT_EQ(batch.flows(0), 0u);
  EXPECT_EQ(Hex(batch[0]), Digits("000a 0078 659bc09a 01020304 0000002a "
                                  "0002 0068 "
                                  "0100 000b 0098 0008 0099 0008 0001 0008 0002 0008 0008 0004 000c 0004 "
                                  "0007 0002 000b 0002 0004 0001 0005 0001 0006 0001 "
                                  "0101 000c 0098 0008 0099 0008 0001 0008 0002 0008 0008 0004 000c 0004 "
                                  "0007 0002 000b 0002 0020 0002 0004 0001 0005 0001 0006 0001"));
}

// A record has 47 octets: 16 + 4 + 47 = 67 = 0x43, its set 51 = 0x33. Start 1704706179198 = 0x18ce868007e,
// end 1704706201250 = 0x18ce86856a2.
TEST(Ipfix, WritesTheFlowThatOneWritesByHand) {
  IpfixOptions options;
  options.observation_domain = 42;
  options.first_sequence = 0x01020304;
  const auto encoder = Encoder(options);
  const DatagramBatch batch = EncodeAll(encoder.get(), OneFlow(ExampleFlow()));
  ASSERT_EQ(batch.size(), 2u);
  EXPECT_EQ(batch.flows(1), 1u);
  EXPECT_EQ(Hex(batch[1]), Digits("000a 0043 659bc09a 01020304 0000002a 0100 0033 "
                                  "0000018ce868007e 0000018ce86856a2 0000000000000f58 0000000000000023 "
                                  "c6336407 0a010005 4578 0016 06 08 1a"));
  EXPECT_EQ(encoder->next_sequence(), 0x01020305u);
}

TEST(Ipfix, IcmpHasATemplateOfItsOwn) {
  Flow echo = ExampleFlow();
  echo.protocol = kIcmp;
  echo.source_port = 99;
  echo.destination_port = 0x0800;
  const DatagramBatch batch = EncodeAll(Encoder().get(), OneFlow(echo));
  ASSERT_EQ(batch.size(), 2u);
  EXPECT_EQ(Hex(batch[1].substr(16)),
            Digits("0101 0035 0000018ce868007e 0000018ce86856a2 0000000000000f58 0000000000000023 "
                   "c6336407 0a010005 0000 0800 0800 01 08 1a"));
}

TEST(Ipfix, CarriesEveryFieldOfManyFlowsWithoutAGapInTheSequence) {
  const FlowTable flows = ManyFlows(10000);
  const auto encoder = Encoder();
  const DatagramBatch batch = EncodeAll(encoder.get(), flows, 777);
  TemplateDecoder collector;
  size_t row = 0;
  for (size_t i = 0; i < batch.size(); ++i) {
    const DecodedMessage message = collector.Decode(batch[i]);
    EXPECT_EQ(message.sequence, row);
    EXPECT_EQ(message.flows.size(), batch.flows(i));
    EXPECT_TRUE(message.templates == 2 || !message.flows.empty());
    for (const Flow& flow : message.flows) {
      ASSERT_TRUE(flow == Carried(flows.Row(row))) << row;
      ASSERT_LE(flow.end_ms, int64_t{1000} * message.seconds);
      ++row;
    }
  }
  EXPECT_EQ(row, flows.size());
  EXPECT_EQ(encoder->counts().flows, flows.size());
  EXPECT_EQ(encoder->counts().datagrams, batch.size());
}

TEST(Ipfix, FillsMessagesButNeverPassesThePayload) {
  for (const size_t payload : {512, 513, 600, 1471, 1472, 9000}) {
    IpfixOptions options;
    options.max_payload = payload;
    const DatagramBatch batch = EncodeAll(Encoder(options).get(), ManyFlows(2000));
    for (size_t i = 0; i < batch.size(); ++i) {
      EXPECT_LE(batch[i].size(), payload);
      // The most that one more flow can need: the header of a set and a record.
      if (i + 1 < batch.size() && batch.flows(i) > 0) {
        EXPECT_GT(batch[i].size() + 4 + 49, payload);
      }
    }
  }
}

std::vector<size_t> TemplateMessages(const DatagramBatch& batch) {
  TemplateDecoder collector;
  std::vector<size_t> found;
  for (size_t i = 0; i < batch.size(); ++i) {
    if (collector.Decode(batch[i]).templates > 0) found.push_back(i);
  }
  return found;
}

TEST(Ipfix, RepeatsTemplatesAfterSoManyMessages) {
  IpfixOptions options;
  options.templates = {20, 1000 * kDayMs};
  const DatagramBatch batch = EncodeAll(Encoder(options).get(), ManyFlows(2500));
  ASSERT_GT(batch.size(), 63u);
  const std::vector<size_t> found = TemplateMessages(batch);
  ASSERT_GE(found.size(), 4u);
  // A message of templates, then twenty of flows.
  for (size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i], 21 * i);
}

TEST(Ipfix, RepeatsTemplatesAfterSoMuchOfTheFlowsTime) {
  IpfixOptions options;
  options.templates = {1000000, 10 * kMinuteMs};
  const auto encoder = Encoder(options);
  DatagramBatch batch;
  Flow flow = ExampleFlow();
  // A message every four minutes: templates before the first, the fourth and the seventh.
  for (int i = 0; i < 7; ++i, flow.end_ms += 4 * kMinuteMs) {
    ASSERT_TRUE(encoder->Add(OneFlow(flow), 0, 1, &batch).ok());
    ASSERT_TRUE(encoder->Flush(&batch).ok());
  }
  EXPECT_EQ(TemplateMessages(batch), (std::vector<size_t>{0, 4, 8}));
}

TEST(Ipfix, EqualFlowsGiveEqualMessagesHoweverTheyCome) {
  const FlowTable flows = ManyFlows(500);
  const DatagramBatch whole = EncodeAll(Encoder().get(), flows, 500);
  const DatagramBatch pieces = EncodeAll(Encoder().get(), flows, 7);
  ASSERT_EQ(whole.size(), pieces.size());
  for (size_t i = 0; i < whole.size(); ++i) EXPECT_EQ(Hex(whole[i]), Hex(pieces[i]));
}

TEST(Ipfix, ManyExportersKeepApart) {
  const FlowTable flows = ManyFlows(100);
  std::vector<std::unique_ptr<DatagramEncoder>> encoders;
  std::vector<DatagramBatch> batches(8);
  for (uint32_t id = 0; id < 8; ++id) {
    IpfixOptions options;
    options.observation_domain = id;
    encoders.push_back(Encoder(options));
  }
  for (size_t row = 0; row < flows.size(); ++row) {
    for (size_t id = 0; id < 8; ++id) ASSERT_TRUE(encoders[id]->Add(flows, row, row + 1, &batches[id]).ok());
  }
  for (size_t id = 0; id < 8; ++id) {
    ASSERT_TRUE(encoders[id]->Flush(&batches[id]).ok());
    TemplateDecoder collector;
    size_t decoded = 0;
    for (size_t i = 0; i < batches[id].size(); ++i) {
      const DecodedMessage message = collector.Decode(batches[id][i]);
      EXPECT_EQ(message.domain, id);
      EXPECT_EQ(message.sequence, decoded);
      decoded += message.flows.size();
    }
    EXPECT_EQ(decoded, flows.size());
  }
}

TEST(Ipfix, OptionsThatAreNotPossibleAreRefusedByName) {
  IpfixOptions options;
  options.max_payload = 65535;
  EXPECT_EQ(NewIpfixEncoder(options).status(),
            absl::InvalidArgumentError("max_payload: 65535 is not from 512 to 65507 octets"));
}

}  // namespace
}  // namespace stanflow
