#include "core/io/zeek_record.h"

#include <iterator>

#include "core/flow/protocol.h"
#include "core/flow/tcp_flags.h"

namespace stanflow {
namespace {

enum Column {
  kTs,
  kDuration,
  kOrigHost,
  kRespHost,
  kOrigPort,
  kRespPort,
  kProto,
  kIpProto,
  kOrigPackets,
  kRespPackets,
  kOrigBytes,
  kRespBytes,
  kHistory,
  kNumColumns
};

constexpr NamedColumn kColumns[] = {
    {{"ts"}},
    {{"duration"}, false},
    {{"id.orig_h"}},
    {{"id.resp_h"}},
    {{"id.orig_p"}},
    {{"id.resp_p"}},
    {{"proto"}},
    {{"ip_proto"}, false},
    {{"orig_pkts"}},
    {{"resp_pkts"}},
    {{"orig_ip_bytes"}},
    {{"resp_ip_bytes"}},
    {{"history"}, false},
};
constexpr std::string_view kTypes[] = {"time",  "interval", "addr",  "addr",  "port",  "port",  "enum",
                                       "count", "count",    "count", "count", "count", "string"};
static_assert(std::size(kColumns) == kNumColumns && std::size(kTypes) == kNumColumns);

// A number of this size is in the year 5138 as seconds, in 1973 as milliseconds: so large ones are the
// latter.
constexpr int64_t kLeastMs = 100'000'000'000;

bool ParseStart(const Cell& cell, const CellParser& parser, int64_t* us) {
  const auto of_ms = ParseMicros(cell.text, kMsUs);
  if (!of_ms || *of_ms < kLeastMs * kMsUs) return parser.Time(cell, us);
  *us = *of_ms;
  return true;
}

bool ParseZeekProtocol(const std::vector<Cell>& row, const CellParser& parser, uint8_t* out) {
  const bool by_number = row[kProto].text == "unknown_transport" && !row[kIpProto].text.empty();
  return by_number ? parser.Number(row[kIpProto], 0, 255, out) : parser.Protocol(row[kProto], out);
}

uint16_t IcmpPort(uint16_t type, uint16_t code_or_answer) {
  const auto answer = IcmpCounterpart(static_cast<uint8_t>(type));
  const bool is_answer = answer && *answer == code_or_answer;
  return static_cast<uint16_t>(type * 256 + (is_answer ? 0 : code_or_answer));
}

bool ParsePorts(const std::vector<Cell>& row, const CellParser& parser, Flow* flow) {
  const uint64_t highest = flow->protocol == kIcmp ? 255 : 65535;
  uint16_t from = 0, to = 0;
  if (!parser.Number(row[kOrigPort], 0, highest, &from) || !parser.Number(row[kRespPort], 0, highest, &to)) {
    return false;
  }
  flow->source_port = flow->protocol == kIcmp ? 0 : from;
  flow->destination_port = flow->protocol == kIcmp ? IcmpPort(from, to) : to;
  return true;
}

uint8_t FlagsOf(char letter) {
  switch (letter) {
    case 'S':
    case 'Q':  // SYN, and FIN or RST: Zeek does not say which
      return kSyn;
    case 'H':
      return kSyn | kAck;
    case 'A':
    case 'W':
      return kAck;
    case 'D':
    case 'T':
      return kAck | kPsh;
    case 'F':
      return kFin;
    case 'R':
      return kRst;
    case 'I':
      return kFin | kRst;
    default:
      return 0;
  }
}

void TakeHistory(std::string_view history, BiflowRecord* record) {
  for (const char letter : history) {
    const bool responder = letter >= 'a' && letter <= 'z';
    Flow& flow = responder ? record->reverse : record->forward;
    const uint8_t flags = FlagsOf(responder ? static_cast<char>(letter - 'a' + 'A') : letter);
    flow.tcp_flags = static_cast<uint8_t>(flow.tcp_flags | flags);
  }
}

}  // namespace

absl::Span<const NamedColumn> ZeekColumns() { return kColumns; }

std::string_view ZeekTypeOf(std::string_view name) {
  for (size_t i = 0; i < kNumColumns; ++i) {
    if (kColumns[i].names[0] == name) return kTypes[i];
  }
  return {};
}

bool ParseZeekRow(const std::vector<Cell>& row, BiflowRecord* record, std::string* reason) {
  const CellParser parser(reason);
  Flow& flow = record->forward;
  int64_t start = 0, duration = 0;
  if (!ParseStart(row[kTs], parser, &start) ||
      (!row[kDuration].text.empty() && !parser.Duration(row[kDuration], kSecondUs, &duration)) ||
      !parser.SetTimes(row[kDuration], start + duration, duration, &flow) ||
      !ParseZeekProtocol(row, parser, &flow.protocol) ||
      !parser.Address(row[kOrigHost], &flow.source_address) ||
      !parser.Address(row[kRespHost], &flow.destination_address) || !ParsePorts(row, parser, &flow)) {
    return false;
  }
  record->reverse = Reversed(flow);
  if (flow.protocol == kTcp) TakeHistory(row[kHistory].text, record);
  return parser.Number(row[kOrigPackets], 0, kMaxFlowCount, &flow.packets) &&
         parser.Number(row[kOrigBytes], 0, kMaxFlowCount, &flow.bytes) &&
         parser.Number(row[kRespPackets], 0, kMaxFlowCount, &record->reverse.packets) &&
         parser.Number(row[kRespBytes], 0, kMaxFlowCount, &record->reverse.bytes);
}

}  // namespace stanflow
