#include <array>
#include <charconv>

#include "core/base/strings.h"
#include "core/flow/address.h"
#include "core/flow/protocol.h"
#include "core/flow/tcp_flags.h"
#include "core/flow/time.h"
#include "core/io/ugr16_csv.h"

namespace stanflow {
namespace {

void AppendNumber(uint64_t value, std::string* out) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
  out->append(digits, static_cast<size_t>(end - digits));
}

void AppendAddress(uint32_t address, std::string* out) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    AppendNumber(address >> shift & 255, out);
    if (shift > 0) out->push_back('.');
  }
}

void AppendSeconds(uint32_t ms, std::string* out) {
  AppendNumber(ms / 1000, out);
  const uint32_t part = ms % 1000;
  const char decimals[] = {'.', static_cast<char>('0' + part / 100), static_cast<char>('0' + part / 10 % 10),
                           static_cast<char>('0' + part % 10)};
  out->append(decimals, sizeof(decimals));
}

class Ugr16CsvWriter final : public FlowWriter {
 public:
  void AppendHeader(std::string* out) const override { StrAppend(out, kUgr16Columns, "\n"); }

  void AppendRows(const FlowTable& flows, size_t begin, size_t end, std::string* out) override {
    for (size_t i = begin; i < end; ++i) {
      AppendTime(flows.end_ms[i], out);
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
  // Neighbouring flows mostly end in the same second.
  void AppendTime(int64_t ms, std::string* out) {
    const int64_t second = FloorTo(ms, kSecondMs);
    if (time_.empty() || second != time_second_) {
      time_second_ = second;
      time_ = FormatUtcSeconds(second);
    }
    out->append(time_);
  }

  static std::array<std::string, 256> AllFlags() {
    std::array<std::string, 256> all;
    for (int i = 0; i < 256; ++i) all[i] = FormatTcpFlags(static_cast<uint8_t>(i));
    return all;
  }

  const std::array<std::string, 256> flags_ = AllFlags();
  int64_t time_second_ = 0;
  std::string time_;
};

}  // namespace

std::unique_ptr<FlowWriter> NewUgr16CsvWriter() { return std::make_unique<Ugr16CsvWriter>(); }

}  // namespace stanflow
