#ifndef STANFLOW_CORE_IO_JSON_LINES_H_
#define STANFLOW_CORE_IO_JSON_LINES_H_

#include <memory>

#include "core/io/flow_writer.h"

namespace stanflow {

// One JSON object a line. The fields, named after IPFIX information elements, never change:
//   flowEndMilliseconds        "2016-04-11T00:01:38Z", with ".mmm" where the second is not whole; UTC
//   flowDurationMilliseconds   milliseconds
//   sourceIPv4Address, destinationIPv4Address            "10.0.0.1"
//   sourceTransportPort, destinationTransportPort        0 to 65535 (ICMP: type * 256 + code)
//   protocolIdentifier         IANA number
//   tcpControlBits             bits: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32
//   ipClassOfService           0 to 255
//   packetDeltaCount, octetDeltaCount
std::unique_ptr<FlowWriter> NewJsonLinesWriter();

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_JSON_LINES_H_
