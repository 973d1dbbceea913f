#include "core/export/flow_message.h"

#include "core/io/json_lines.h"
#include "gtest/gtest.h"
#include "stanflow/v1/flow.pb.h"

namespace stanflow {
namespace {

FlowTable TwoFlows() {
  FlowTable flows;
  flows.Append({1704706201250, 22052, 0xC6336407, 0x0A010005, 17784, 22, 6, 26, 8, 35, 3928});
  flows.Append({1704706202000, 0, 0x0A010006, 0xC6336408, 53, 1024, 17, 0, 0, 1, uint64_t{1} << 47});
  return flows;
}

Flow FromMessage(const v1::Flow& m) {
  return {m.flow_end_milliseconds(),
          m.flow_duration_milliseconds(),
          m.source_ipv4_address(),
          m.destination_ipv4_address(),
          static_cast<uint16_t>(m.source_transport_port()),
          static_cast<uint16_t>(m.destination_transport_port()),
          static_cast<uint8_t>(m.protocol_identifier()),
          static_cast<uint8_t>(m.tcp_control_bits()),
          static_cast<uint8_t>(m.ip_class_of_service()),
          m.packet_delta_count(),
          m.octet_delta_count()};
}

TEST(FlowMessage, JsonIsALineOfTheJsonWriterWithoutItsEnd) {
  const FlowTable flows = TwoFlows();
  const auto writer = NewFlowMessageWriter(KafkaFormat::kJson);
  std::string first, second, lines;
  writer->Write(flows, 0, &first);
  writer->Write(flows, 1, &second);
  NewJsonLinesWriter()->AppendRows(flows, &lines);
  EXPECT_EQ(first + "\n" + second + "\n", lines);
}

TEST(FlowMessage, ProtobufHoldsEveryFieldOfItsRowAndNothingOfTheRowBefore) {
  const FlowTable flows = TwoFlows();
  const auto writer = NewFlowMessageWriter(KafkaFormat::kProtobuf);
  std::string payload;
  for (size_t row = 0; row < flows.size(); ++row) {
    writer->Write(flows, row, &payload);
    v1::Flow message;
    ASSERT_TRUE(message.ParseFromString(payload));
    EXPECT_TRUE(FromMessage(message) == flows.Row(row)) << message.ShortDebugString();
  }
}

}  // namespace
}  // namespace stanflow
