#include <array>

#include "core/base/strings.h"
#include "core/flow/protocol.h"
#include "core/flow/tcp_flags.h"
#include "core/io/append_text.h"
#include "core/io/ugr16_csv.h"

namespace stanflow {
namespace {

class Ugr16CsvWriter final : public FlowWriter {
 public:
  void AppendHeader(std::string* out) const override { StrAppend(out, kUgr16Columns, "\n"); }

  void AppendRows(const FlowTable& flows, size_t begin, size_t end, std::string* out) override {
    for (size_t i = begin; i < end; ++i) {
      end_.Append(flows.end_ms[i], out);
      out->push_back(',');
      AppendSeconds(flows.duration_ms[i], out);
      out->push_back(',');
      AppendAddress(flows.source_address[i], out);
      out->push_back(',');
      AppendAddress(flows.destination_address[i], out);
      out->push_back(',');
      AppendNumber(flows.source_port[i], out);
      out->push_back(',');
      AppendNumber(flows.destination_port[i], out);
      out->push_back(',');
      out->append(ProtocolText(flows.protocol[i]));
      out->push_back(',');
      out->append(flags_[flows.tcp_flags[i]]);
      out->append(",0,");
      AppendNumber(flows.tos[i], out);
      out->push_back(',');
      AppendNumber(flows.packets[i], out);
      out->push_back(',');
      AppendNumber(flows.bytes[i], out);
      out->append(",background\n");
    }
  }

 private:
  static std::array<std::string, 256> AllFlags() {
    std::array<std::string, 256> all;
    for (int i = 0; i < 256; ++i) all[i] = FormatTcpFlags(static_cast<uint8_t>(i));
    return all;
  }

  const std::array<std::string, 256> flags_ = AllFlags();
  SecondsText end_;
};

}  // namespace

std::unique_ptr<FlowWriter> NewUgr16CsvWriter() { return std::make_unique<Ugr16CsvWriter>(); }

}  // namespace stanflow
