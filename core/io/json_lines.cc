#include "core/io/json_lines.h"

#include "core/base/strings.h"
#include "core/flow/address.h"
#include "core/flow/time.h"

namespace stanflow {
namespace {

// Every value is a number or plain ASCII without quotes, so that nothing needs escaping.
class JsonLinesWriter final : public FlowWriter {
 public:
  void AppendHeader(std::string* out) const override {}

  void AppendRows(const FlowTable& flows, size_t begin, size_t end, std::string* out) override {
    for (size_t i = begin; i < end; ++i) {
      const Flow f = flows.Row(i);
      StrAppend(out, R"({"flowEndMilliseconds":")", FormatUtc(f.end_ms), R"(","flowDurationMilliseconds":)",
                f.duration_ms, R"(,"sourceIPv4Address":")", FormatIpv4(f.source_address),
                R"(","destinationIPv4Address":")", FormatIpv4(f.destination_address),
                R"(","sourceTransportPort":)", f.source_port, R"(,"destinationTransportPort":)",
                f.destination_port, R"(,"protocolIdentifier":)", int{f.protocol}, R"(,"tcpControlBits":)",
                int{f.tcp_flags}, R"(,"ipClassOfService":)", int{f.tos}, R"(,"packetDeltaCount":)", f.packets,
                R"(,"octetDeltaCount":)", f.bytes, "}\n");
    }
  }
};

}  // namespace

std::unique_ptr<FlowWriter> NewJsonLinesWriter() { return std::make_unique<JsonLinesWriter>(); }

}  // namespace stanflow
