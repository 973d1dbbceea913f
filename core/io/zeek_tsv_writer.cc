#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/philox.h"
#include "core/base/strings.h"
#include "core/flow/protocol.h"
#include "core/flow/tcp_flags.h"
#include "core/io/append_text.h"
#include "core/io/biflow.h"
#include "core/io/zeek_conn.h"

namespace stanflow {
namespace {

constexpr std::string_view kHead =
    "#separator \\x09\n"
    "#set_separator\t,\n"
    "#empty_field\t(empty)\n"
    "#unset_field\t-\n"
    "#path\tconn\n"
    "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\t"
    "resp_bytes\tconn_state\tlocal_orig\tlocal_resp\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\t"
    "resp_pkts\tresp_ip_bytes\ttunnel_parents\tip_proto\n"
    "#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\t"
    "count\tstring\tbool\tbool\tcount\tstring\tcount\tcount\t"
    "count\tcount\tset[string]\tcount\n";

// Zeek's times have six decimals.
void AppendMicroseconds(int64_t ms, std::string* out) {
  if (ms < 0) out->push_back('-');
  AppendSeconds(static_cast<uint64_t>(ms < 0 ? -ms : ms), out);
  out->append("000");
}

void AppendUid(const Flow& f, std::string* out) {
  const auto bits = Philox4x32(
      {static_cast<uint32_t>(f.end_ms), f.source_address, f.destination_address,
       uint32_t{f.source_port} << 16 | f.destination_port},
      {static_cast<uint32_t>(f.end_ms >> 32) ^ f.duration_ms,
       static_cast<uint32_t>(f.bytes) ^ static_cast<uint32_t>(f.packets << 8) ^ uint32_t{f.protocol}});
  StrAppend(out, "C", absl::Hex(bits[0], absl::kZeroPad8), absl::Hex(bits[1], absl::kZeroPad8));
}

std::string_view ProtoText(uint8_t protocol) {
  switch (protocol) {
    case kTcp:
      return "tcp";
    case kUdp:
      return "udp";
    case kIcmp:
      return "icmp";
    default:
      return "unknown_transport";
  }
}

// Of a connection without answers.
std::string_view State(const Flow& f) {
  if (f.protocol != kTcp) return f.protocol == kUdp ? "S0" : "OTH";
  if ((f.tcp_flags & kSyn) == 0) return "OTH";
  if ((f.tcp_flags & kRst) != 0) return "RSTOS0";
  return (f.tcp_flags & kFin) != 0 ? "SH" : "S0";
}

void AppendHistory(const Flow& f, std::string* out) {
  static constexpr std::pair<uint8_t, char> kLetters[] = {
      {kSyn, 'S'}, {kAck, 'A'}, {kPsh, 'D'}, {kFin, 'F'}, {kRst, 'R'}};
  const size_t before = out->size();
  for (const auto& [flag, letter] : kLetters) {
    if (f.protocol == kTcp && (f.tcp_flags & flag) != 0) out->push_back(letter);
  }
  if (out->size() == before) out->push_back('-');
}

struct Ports {
  uint16_t source, destination;
};

Ports ZeekPorts(const Flow& f) {
  if (f.protocol != kIcmp) return {f.source_port, f.destination_port};
  const auto type = static_cast<uint8_t>(f.destination_port >> 8);
  const auto code = static_cast<uint8_t>(f.destination_port);
  const auto answer = IcmpCounterpart(type);
  return {type, code == 0 && answer ? *answer : code};
}

class ZeekTsvWriter final : public FlowWriter {
 public:
  void AppendHeader(std::string* out) const override { StrAppend(out, kHead); }

  void AppendRows(const FlowTable& flows, size_t begin, size_t end, std::string* out) override {
    for (size_t i = begin; i < end; ++i) AppendRow(flows.Row(i), out);
  }

 private:
  static void AppendRow(const Flow& f, std::string* out) {
    const Ports ports = ZeekPorts(f);
    AppendMicroseconds(f.end_ms - f.duration_ms, out);
    out->push_back('\t');
    AppendUid(f, out);
    out->push_back('\t');
    AppendAddress(f.source_address, out);
    out->push_back('\t');
    AppendNumber(ports.source, out);
    out->push_back('\t');
    AppendAddress(f.destination_address, out);
    out->push_back('\t');
    AppendNumber(ports.destination, out);
    StrAppend(out, "\t", ProtoText(f.protocol), "\t-\t");
    AppendMicroseconds(f.duration_ms, out);
    StrAppend(out, "\t-\t-\t", State(f), "\t-\t-\t0\t");
    AppendHistory(f, out);
    out->push_back('\t');
    AppendNumber(f.packets, out);
    out->push_back('\t');
    AppendNumber(f.bytes, out);
    out->append("\t0\t0\t-\t");
    AppendNumber(f.protocol, out);
    out->push_back('\n');
  }
};

}  // namespace

std::unique_ptr<FlowWriter> NewZeekTsvWriter() { return std::make_unique<ZeekTsvWriter>(); }

}  // namespace stanflow
