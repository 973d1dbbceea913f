#ifndef STANFLOW_CORE_IO_NFDUMP_RECORD_H_
#define STANFLOW_CORE_IO_NFDUMP_RECORD_H_

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "core/io/biflow.h"
#include "core/io/cell_parser.h"
#include "core/io/named_rows.h"

namespace stanflow {

// What nfdump's texts say of a flow, under the short names of nfdump 1.6 and 1.7.1 or the long ones of later:
//
//   te lastSeen     end; where there is none, ts and td
//   ts firstSeen    start; only looked at where te or td is missing
//   td duration     seconds; where there is none, te less ts
//   sa da, sp dp    srcAddr dstAddr, srcPort dstPort; dp of ICMP: type * 256 + code, or "type.code"
//   pr proto, flg flags, stos srcTos; flags and ToS that are missing are 0
//   ipkt ibyt       packets bytes, inPackets inBytes
//   opkt obyt       outPackets outBytes: the answers of a bidirectional record
//
// Times are "2016-04-11 00:01:39" with or without decimals, in UTC, or seconds since 1970. A record has one
// set of flags and one ToS: both directions of a bidirectional one get them. Its flows share start and end.
absl::Span<const NamedColumn> NfdumpColumns();

// `row` holds NfdumpColumns(). On false, `reason` says what is wrong.
bool ParseNfdumpRow(const std::vector<Cell>& row, BiflowRecord* record, std::string* reason);

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_NFDUMP_RECORD_H_
