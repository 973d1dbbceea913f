#include "core/io/ctu13_binetflow.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "core/base/strings.h"
#include "core/flow/protocol.h"
#include "core/flow/tcp_flags.h"
#include "core/io/line_flow_reader.h"
#include "core/io/named_rows.h"

namespace stanflow {
namespace {

enum Column {
  kStart,
  kDur,
  kProto,
  kSrcAddr,
  kSport,
  kDstAddr,
  kDport,
  kState,
  kSrcTos,
  kDstTos,
  kTotPkts,
  kTotBytes,
  kSrcBytes,
  kSrcPkts,
  kDstPkts,
  kNumColumns
};

constexpr NamedColumn kColumns[] = {
    {{"StartTime"}}, {{"Dur"}},      {{"Proto"}},    {{"SrcAddr"}},        {{"Sport"}},
    {{"DstAddr"}},   {{"Dport"}},    {{"State"}},    {{"sTos"}, false},    {{"dTos"}, false},
    {{"TotPkts"}},   {{"TotBytes"}}, {{"SrcBytes"}}, {{"SrcPkts"}, false}, {{"DstPkts"}, false},
};
static_assert(std::size(kColumns) == kNumColumns);

constexpr std::string_view kFirstName = "StartTime";

bool ParseArgusProtocol(const Cell& cell, const CellParser& parser, uint8_t* out) {
  static constexpr std::pair<std::string_view, uint8_t> kOthers[] = {
      {"rtp", kUdp}, {"rtcp", kUdp}, {"udt", kUdp}, {"ipv6-icmp", 58}};
  for (const auto& [name, number] : kOthers) {
    if (cell.text != name) continue;
    *out = number;
    return true;
  }
  return parser.Protocol(cell, out);
}

// Decimal or "0x0303"; an empty one is 0.
bool ParsePort(const Cell& cell, const CellParser& parser, uint16_t* out) {
  if (!absl::StartsWith(ToAbsl(cell.text), "0x")) return parser.NumberOrNone(cell, 65535, out);
  const std::string_view digits = cell.text.substr(2);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), *out, 16);
  if (error == std::errc() && end == digits.data() + digits.size()) return true;
  return parser.Fail(cell, "is not a port like 80 or 0x0050");
}

bool ParsePorts(const std::vector<Cell>& row, const CellParser& parser, Flow* flow) {
  uint16_t from = 0, to = 0;
  if (!ParsePort(row[kSport], parser, &from) || !ParsePort(row[kDport], parser, &to)) return false;
  const bool icmp = flow->protocol == kIcmp;
  flow->source_port = icmp ? 0 : from;
  // From code above type to type above code.
  flow->destination_port = icmp ? static_cast<uint16_t>((from & 255) << 8 | from >> 8) : to;
  return true;
}

uint8_t FlagsOf(std::string_view letters) {
  constexpr std::string_view kLetters = "FSRPAUEC";  // lowest bit first
  uint8_t flags = 0;
  for (const char letter : letters) {
    const size_t bit = kLetters.find(letter);
    if (bit != std::string_view::npos) flags = static_cast<uint8_t>(flags | 1 << bit);
  }
  return flags;
}

void TakeState(std::string_view state, BiflowRecord* record) {
  const size_t middle = state.find('_');
  if (middle == std::string_view::npos) return;
  record->forward.tcp_flags = FlagsOf(state.substr(0, middle));
  record->reverse.tcp_flags = FlagsOf(state.substr(middle + 1));
}

// The initiator's share of `packets`, when it sent `bytes` of `all_bytes`.
uint64_t ShareOfPackets(uint64_t packets, uint64_t bytes, uint64_t all_bytes) {
  if (bytes == 0 || packets == 0) return 0;
  if (bytes == all_bytes) return packets;
  const double share = static_cast<double>(bytes) / static_cast<double>(all_bytes);
  const auto rounded = static_cast<uint64_t>(std::llround(share * static_cast<double>(packets)));
  return std::clamp<uint64_t>(rounded, 1, std::max<uint64_t>(packets - 1, 1));
}

bool ParseCounts(const std::vector<Cell>& row, const CellParser& parser, Biflow biflow,
                 BiflowRecord* record) {
  uint64_t packets = 0, bytes = 0, from_source = 0;
  uint64_t source_packets = 0, destination_packets = 0;
  if (!parser.Number(row[kTotPkts], 0, kMaxFlowCount, &packets) ||
      !parser.Number(row[kTotBytes], 0, kMaxFlowCount, &bytes) ||
      !parser.Number(row[kSrcBytes], 0, bytes, &from_source) ||
      !parser.NumberOrNone(row[kSrcPkts], packets, &source_packets) ||
      !parser.NumberOrNone(row[kDstPkts], packets, &destination_packets)) {
    return false;
  }
  if (row[kSrcPkts].text.empty()) {
    source_packets = row[kDstPkts].text.empty() ? ShareOfPackets(packets, from_source, bytes)
                                                : packets - destination_packets;
  }
  if (biflow == Biflow::kKeep) {
    source_packets = packets;
    from_source = bytes;
  }
  record->forward.packets = source_packets;
  record->forward.bytes = from_source;
  record->reverse.packets = packets - source_packets;
  record->reverse.bytes = bytes - from_source;
  return true;
}

bool ParseRecord(const std::vector<Cell>& row, Biflow biflow, BiflowRecord* record, std::string* reason) {
  const CellParser parser(reason);
  Flow& flow = record->forward;
  int64_t start = 0, duration = 0;
  uint8_t reverse_tos = 0;
  if (!parser.Time(row[kStart], &start) || !parser.Duration(row[kDur], kSecondUs, &duration) ||
      !parser.SetTimes(row[kDur], start + duration, duration, &flow) ||
      !ParseArgusProtocol(row[kProto], parser, &flow.protocol) ||
      !parser.Address(row[kSrcAddr], &flow.source_address) ||
      !parser.Address(row[kDstAddr], &flow.destination_address) || !ParsePorts(row, parser, &flow) ||
      !parser.NumberOrNone(row[kSrcTos], 255, &flow.tos) ||
      !parser.NumberOrNone(row[kDstTos], 255, &reverse_tos)) {
    return false;
  }
  record->reverse = Reversed(flow);
  record->reverse.tos = reverse_tos;
  if (flow.protocol == kTcp) TakeState(row[kState].text, record);
  return ParseCounts(row, parser, biflow, record);
}

ParseRow ParserFor(Biflow biflow) {
  return [biflow](const std::vector<Cell>& row, BiflowRecord* record, std::string* reason) {
    return ParseRecord(row, biflow, record, reason);
  };
}

class Ctu13Reader final : public LineFlowReader {
 public:
  explicit Ctu13Reader(ReaderInput input)
      : LineFlowReader(kCtu13Format, std::move(input.source)),
        rows_(kColumns, input.options.biflow, SplitAt(','), ParserFor(input.options.biflow)) {}

 private:
  void Take(const LineReader::Line& line, FlowBatch* batch) override {
    const bool names = absl::StartsWith(ToAbsl(line.text), ToAbsl(kFirstName));
    if (!names || !rows_.SetNamesFrom(line.text).ok()) rows_.Take(line, batch);
  }

  NamedRows rows_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<FlowReader>> OpenCtu13Binetflow(ReaderInput input) {
  return std::make_unique<Ctu13Reader>(std::move(input));
}

absl::Status ProbeCtu13Binetflow(std::string_view start) {
  NamedRows rows(kColumns, Biflow::kSplit, SplitAt(','), ParserFor(Biflow::kSplit));
  return ProbeLines(start, [&rows](std::string_view line, std::string* reason) {
    const absl::Status status = rows.SetNamesFrom(line);
    *reason = std::string(status.message());
    return status.ok();
  });
}

}  // namespace stanflow
