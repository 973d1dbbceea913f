#ifndef STANFLOW_CORE_IO_IPFIX_H_
#define STANFLOW_CORE_IO_IPFIX_H_

#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/flow/flow_reader.h"
#include "core/io/reader_options.h"

namespace stanflow {

// Files of IPFIX messages one after another (RFC 5655), read by libfixbuf. Of a data record are taken:
//
//   sourceIPv4Address, destinationIPv4Address, protocolIdentifier   needed
//   sourceTransportPort, destinationTransportPort                   0 where they are missing
//   icmpTypeCodeIPv4; icmpTypeIPv4, icmpCodeIPv4                    else the destination port
//   ipClassOfService, tcpControlBits (or YAF's initialTCPFlags and unionTCPFlags)
//   packetDeltaCount, octetDeltaCount                               needed; else packetTotalCount,
//                                                                   octetTotalCount; else initiatorPackets,
//                                                                   initiatorOctets
//   their reverse elements (RFC 5103), or responderPackets, responderOctets: the answers
//   two of flowStart..., flowEnd..., flowDuration...                in any unit; SysUpTime needs
//                                                                   systemInitTimeMilliseconds
//
// Both directions get the record's times. Records without what is needed are rejected; so is, as one row,
// each set of records whose template did not come before it, for nobody knows how many it holds. Records of
// options templates describe the exporter and are no rows. A gap in the messages' sequence numbers is what
// the exporter or its collector lost before the file was written: nothing tells of it. The number of a row is
// that of the record.
inline constexpr std::string_view kIpfixFormat = "ipfix";

// DATA_LOSS, with the message's number, if the file breaks off or a message is damaged.
absl::StatusOr<std::unique_ptr<FlowReader>> OpenIpfix(ReaderInput input);

// Whether `start`, the beginning of a file, is that of an IPFIX message; else INVALID_ARGUMENT.
absl::Status ProbeIpfix(std::string_view start);

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_IPFIX_H_
