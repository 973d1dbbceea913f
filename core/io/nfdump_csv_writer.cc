#include <array>

#include "core/base/strings.h"
#include "core/flow/protocol.h"
#include "core/io/append_text.h"
#include "core/io/nfdump_csv.h"

namespace stanflow {
namespace {

// opkt to exid of a flow that has none of it, as nfdump writes them.
constexpr std::string_view kNone =
    ",0,0,0,0,0,0,0,0,0,0,0.0.0.0,0.0.0.0,0,0,"
    "00:00:00:00:00:00,00:00:00:00:00:00,00:00:00:00:00:00,00:00:00:00:00:00,"
    "0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,"
    "    0.000,    0.000,    0.000,0.0.0.0,0/0,0,";

// The eight places of `nfdump -o csv`.
std::array<std::string, 256> AllFlags() {
  constexpr std::string_view kPlaces = "CEUAPRSF";  // highest bit first
  std::array<std::string, 256> all;
  for (size_t flags = 0; flags < all.size(); ++flags) {
    for (size_t i = 0; i < kPlaces.size(); ++i) {
      all[flags].push_back((flags >> (7 - i) & 1) != 0 ? kPlaces[i] : '.');
    }
  }
  return all;
}

class NfdumpCsvWriter final : public FlowWriter {
 public:
  void AppendHeader(std::string* out) const override { StrAppend(out, kNfdumpCsvColumns, "\n"); }

  void AppendRows(const FlowTable& flows, size_t begin, size_t end, std::string* out) override {
    for (size_t i = begin; i < end; ++i) {
      AppendTime(flows.end_ms[i] - flows.duration_ms[i], &start_, out);
      out->push_back(',');
      AppendTime(flows.end_ms[i], &end_, out);
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
      out->append(kNone);
      end_.Append(flows.end_ms[i], out);
      AppendMillis(PartOfSecond(flows.end_ms[i]), out);
      out->push_back('\n');
    }
  }

 private:
  static uint32_t PartOfSecond(int64_t ms) { return static_cast<uint32_t>(ms - FloorTo(ms, kSecondMs)); }

  static void AppendTime(int64_t ms, SecondsText* seconds, std::string* out) {
    seconds->Append(ms, out);
    if (PartOfSecond(ms) != 0) AppendMillis(PartOfSecond(ms), out);
  }

  const std::array<std::string, 256> flags_ = AllFlags();
  SecondsText start_, end_;
};

}  // namespace

std::unique_ptr<FlowWriter> NewNfdumpCsvWriter() { return std::make_unique<NfdumpCsvWriter>(); }

}  // namespace stanflow
