#include "core/export/flow_message.h"

#include "core/io/json_lines.h"
#include "stanflow/v1/flow.pb.h"

namespace stanflow {
namespace {

class JsonMessageWriter final : public FlowMessageWriter {
 public:
  void Write(const FlowTable& flows, size_t row, std::string* out) override {
    out->clear();
    lines_->AppendRows(flows, row, row + 1, out);
    out->pop_back();
  }

 private:
  const std::unique_ptr<FlowWriter> lines_ = NewJsonLinesWriter();
};

class ProtobufMessageWriter final : public FlowMessageWriter {
 public:
  void Write(const FlowTable& flows, size_t row, std::string* out) override {
    message_.set_flow_end_milliseconds(flows.end_ms[row]);
    message_.set_flow_duration_milliseconds(flows.duration_ms[row]);
    message_.set_source_ipv4_address(flows.source_address[row]);
    message_.set_destination_ipv4_address(flows.destination_address[row]);
    message_.set_source_transport_port(flows.source_port[row]);
    message_.set_destination_transport_port(flows.destination_port[row]);
    message_.set_protocol_identifier(flows.protocol[row]);
    message_.set_tcp_control_bits(flows.tcp_flags[row]);
    message_.set_ip_class_of_service(flows.tos[row]);
    message_.set_packet_delta_count(flows.packets[row]);
    message_.set_octet_delta_count(flows.bytes[row]);
    message_.SerializeToString(out);
  }

 private:
  v1::Flow message_;
};

}  // namespace

std::unique_ptr<FlowMessageWriter> NewFlowMessageWriter(KafkaFormat format) {
  if (format == KafkaFormat::kProtobuf) return std::make_unique<ProtobufMessageWriter>();
  return std::make_unique<JsonMessageWriter>();
}

}  // namespace stanflow
