#ifndef STANFLOW_TESTS_CORE_EXPORT_TEMPLATE_DECODER_H_
#define STANFLOW_TESTS_CORE_EXPORT_TEMPLATE_DECODER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/core/export/export_testing.h"

namespace stanflow {

// One datagram as a collector reads it.
struct DecodedMessage {
  uint32_t count = 0;  // v9: records of templates and data
  uint32_t uptime_ms = 0, seconds = 0, sequence = 0, domain = 0;
  uint32_t templates = 0;
  std::vector<Flow> flows;
};

// A collector of NetFlow v9 (RFC 3954, sections 5 and 8) and IPFIX (RFC 7011, section 3; IANA's elements), as
// far as it needs be for what is exported here. It knows only templates that it was sent. What is malformed
// fails the test.
class TemplateDecoder {
 public:
  DecodedMessage Decode(std::string_view datagram) {
    OctetReader in(datagram);
    DecodedMessage message;
    const uint16_t version = in.U16();
    EXPECT_TRUE(version == 9 || version == 10) << version;
    const uint16_t count_or_length = in.U16();
    if (version == 9) {
      message.count = count_or_length;
      message.uptime_ms = in.U32();
    } else {
      EXPECT_EQ(count_or_length, datagram.size());
    }
    message.seconds = in.U32();
    message.sequence = in.U32();
    message.domain = in.U32();
    boot_ms_ = int64_t{1000} * message.seconds - message.uptime_ms;
    while (in.left() > 0) DecodeSet(version, &in, &message);
    return message;
  }

 private:
  using Template = std::vector<std::pair<uint16_t, uint16_t>>;  // type and octets of each field

  void DecodeSet(uint16_t version, OctetReader* in, DecodedMessage* message) {
    const uint16_t id = in->U16();
    const uint16_t octets = in->U16();
    EXPECT_TRUE(version == 10 || octets % 4 == 0) << "a set is not padded";
    ASSERT_GT(octets, 4) << "a set is empty";
    OctetReader set = in->Part(octets - 4u);
    if (id == (version == 9 ? 0 : 2)) return DecodeTemplates(&set, message);
    ASSERT_TRUE(templates_.count(id)) << "no template " << id << " was sent";
    const Template& fields = templates_[id];
    size_t record = 0;
    for (const auto& field : fields) record += field.second;
    while (set.left() >= record) message->flows.push_back(DecodeFlow(fields, set.Part(record)));
    EXPECT_LT(set.left(), version == 9 ? 4u : 1u);
    while (set.left() > 0) EXPECT_EQ(set.U8(), 0) << "padding";
  }

  void DecodeTemplates(OctetReader* set, DecodedMessage* message) {
    while (set->left() > 0) {
      const uint16_t id = set->U16();
      Template fields(set->U16());
      for (auto& field : fields) {
        field.first = set->U16();
        field.second = set->U16();
      }
      EXPECT_GE(id, 256);
      templates_[id] = std::move(fields);
      ++message->templates;
    }
  }

  Flow DecodeFlow(const Template& fields, OctetReader in) const {
    Flow flow;
    int64_t start_ms = 0;
    std::optional<uint64_t> icmp_type_code;
    for (const auto& [type, octets] : fields) {
      const uint64_t value = in.Number(octets);
      switch (type) {
        case 1:
          flow.bytes = value;
          break;
        case 2:
          flow.packets = value;
          break;
        case 4:
          flow.protocol = static_cast<uint8_t>(value);
          break;
        case 5:
          flow.tos = static_cast<uint8_t>(value);
          break;
        case 6:
          flow.tcp_flags = static_cast<uint8_t>(value);
          break;
        case 7:
          flow.source_port = static_cast<uint16_t>(value);
          break;
        case 8:
          flow.source_address = static_cast<uint32_t>(value);
          break;
        case 11:
          flow.destination_port = static_cast<uint16_t>(value);
          break;
        case 12:
          flow.destination_address = static_cast<uint32_t>(value);
          break;
        case 21:
          flow.end_ms = boot_ms_ + static_cast<int64_t>(value);
          break;
        case 22:
          start_ms = boot_ms_ + static_cast<int64_t>(value);
          break;
        case 32:
          icmp_type_code = value;
          break;
        case 152:
          start_ms = static_cast<int64_t>(value);
          break;
        case 153:
          flow.end_ms = static_cast<int64_t>(value);
          break;
        default:
          ADD_FAILURE() << "no field " << type << " is expected";
      }
    }
    EXPECT_EQ(icmp_type_code.has_value(), flow.protocol == kIcmp);
    EXPECT_EQ(icmp_type_code.value_or(flow.destination_port), flow.destination_port);
    EXPECT_GE(flow.end_ms, start_ms);
    flow.duration_ms = static_cast<uint32_t>(flow.end_ms - start_ms);
    return flow;
  }

  std::map<uint16_t, Template> templates_;
  int64_t boot_ms_ = 0;
};

}  // namespace stanflow

#endif  // STANFLOW_TESTS_CORE_EXPORT_TEMPLATE_DECODER_H_
