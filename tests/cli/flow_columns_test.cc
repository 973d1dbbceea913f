#include "client/cpp/flow_columns.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

// One flow, with the largest value that every field can have.
v1::FlowColumns Largest() {
  v1::FlowColumns columns;
  columns.add_flow_end_milliseconds(INT64_MAX);
  columns.add_flow_duration_milliseconds(UINT32_MAX);
  columns.add_source_ipv4_address(UINT32_MAX);
  columns.add_destination_ipv4_address(UINT32_MAX);
  columns.add_source_transport_port(65535);
  columns.add_destination_transport_port(65535);
  columns.add_protocol_identifier(255);
  columns.add_tcp_control_bits(255);
  columns.add_ip_class_of_service(255);
  columns.add_packet_delta_count(UINT64_MAX);
  columns.add_octet_delta_count(UINT64_MAX);
  return columns;
}

TEST(ToFlowTable, TakesWhatItsFieldsCanHaveAndRefusesMore) {
  FlowTable flows;
  ASSERT_TRUE(ToFlowTable(Largest(), &flows).ok());
  EXPECT_EQ(flows.destination_port, std::vector<uint16_t>{65535});
  EXPECT_EQ(flows.bytes, std::vector<uint64_t>{UINT64_MAX});
  v1::FlowColumns columns = Largest();
  columns.set_destination_transport_port(0, 70000);
  absl::Status refused = ToFlowTable(columns, &flows);
  EXPECT_TRUE(absl::IsDataLoss(refused));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("above 65535 in column destination_transport_port"));
  columns = Largest();
  columns.set_tcp_control_bits(0, 256);
  refused = ToFlowTable(columns, &flows);
  EXPECT_TRUE(absl::IsDataLoss(refused));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("above 255 in column tcp_control_bits"));
}

TEST(ToFlowTable, RefusesColumnsOfDifferentLengths) {
  v1::FlowColumns columns = Largest();
  columns.add_octet_delta_count(1);
  FlowTable flows;
  const absl::Status refused = ToFlowTable(columns, &flows);
  EXPECT_TRUE(absl::IsDataLoss(refused));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("1 flows has 2 values in column octet_delta_count"));
}

}  // namespace
}  // namespace stanflow
