#include "core/io/nfdump_record.h"

#include <iterator>

namespace stanflow {
namespace {

enum Column { kTe, kTs, kTd, kSa, kDa, kSp, kDp, kPr, kFlg, kStos, kIpkt, kIbyt, kOpkt, kObyt, kNumColumns };

constexpr NamedColumn kColumns[] = {
    {{"te", "lastSeen"}, false},
    {{"ts", "firstSeen"}, false},
    {{"td", "duration"}, false},
    {{"sa", "srcAddr"}},
    {{"da", "dstAddr"}},
    {{"sp", "srcPort"}},
    {{"dp", "dstPort"}},
    {{"pr", "proto"}},
    {{"flg", "flags"}, false},
    {{"stos", "srcTos", "tos"}, false},
    {{"ipkt", "packets", "inPackets"}},
    {{"ibyt", "bytes", "inBytes"}},
    {{"opkt", "outPackets"}, false},
    {{"obyt", "outBytes"}, false},
};
static_assert(std::size(kColumns) == kNumColumns);

bool ParseTimes(const std::vector<Cell>& row, const CellParser& parser, Flow* flow) {
  int64_t start = 0, end = 0, duration = 0;
  if (row[kTe].in_file && row[kTd].in_file) {
    return parser.Time(row[kTe], &end) && parser.Duration(row[kTd], kSecondUs, &duration) &&
           parser.SetTimes(row[kTd], end, duration, flow);
  }
  if (!parser.Time(row[kTs], &start)) return false;
  if (row[kTd].in_file) {
    return parser.Duration(row[kTd], kSecondUs, &duration) &&
           parser.SetTimes(row[kTd], start + duration, duration, flow);
  }
  return parser.Time(row[kTe], &end) && parser.SetTimes(row[kTe], end, end - start, flow);
}

}  // namespace

absl::Span<const NamedColumn> NfdumpColumns() { return kColumns; }

bool ParseNfdumpRow(const std::vector<Cell>& row, BiflowRecord* record, std::string* reason) {
  const CellParser parser(reason);
  Flow& flow = record->forward;
  if (!ParseTimes(row, parser, &flow) || !parser.Address(row[kSa], &flow.source_address) ||
      !parser.Address(row[kDa], &flow.destination_address) ||
      !parser.Number(row[kSp], 0, 65535, &flow.source_port) || !parser.Protocol(row[kPr], &flow.protocol) ||
      !parser.DestinationPort(row[kDp], flow.protocol, &flow.destination_port) ||
      (row[kFlg].in_file && !parser.Flags(row[kFlg], &flow.tcp_flags)) ||
      !parser.NumberOrNone(row[kStos], 255, &flow.tos)) {
    return false;
  }
  record->reverse = Reversed(flow);
  record->reverse.tcp_flags = flow.tcp_flags;
  record->reverse.tos = flow.tos;
  return parser.Number(row[kIpkt], 0, kMaxFlowCount, &flow.packets) &&
         parser.Number(row[kIbyt], 0, kMaxFlowCount, &flow.bytes) &&
         parser.NumberOrNone(row[kOpkt], kMaxFlowCount, &record->reverse.packets) &&
         parser.NumberOrNone(row[kObyt], kMaxFlowCount, &record->reverse.bytes);
}

}  // namespace stanflow
