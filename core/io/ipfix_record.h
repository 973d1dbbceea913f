#ifndef STANFLOW_CORE_IO_IPFIX_RECORD_H_
#define STANFLOW_CORE_IO_IPFIX_RECORD_H_

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/io/biflow.h"

namespace stanflow {

// The information elements that are read, in the order of kIpfixElementNames.
enum IpfixElement : size_t {
  kIpfixSourceAddress,
  kIpfixDestinationAddress,
  kIpfixSourceAddress6,
  kIpfixSourcePort,
  kIpfixDestinationPort,
  kIpfixProtocol,
  kIpfixTypeCode,
  kIpfixIcmpType,
  kIpfixIcmpCode,
  kIpfixTos,
  kIpfixReverseTos,
  kIpfixFlags,
  kIpfixReverseFlags,
  kIpfixFirstFlags,
  kIpfixLaterFlags,
  kIpfixReverseFirstFlags,
  kIpfixReverseLaterFlags,
  kIpfixPackets,
  kIpfixTotalPackets,
  kIpfixInitiatorPackets,
  kIpfixBytes,
  kIpfixTotalBytes,
  kIpfixInitiatorBytes,
  kIpfixReversePackets,
  kIpfixReverseTotalPackets,
  kIpfixResponderPackets,
  kIpfixReverseBytes,
  kIpfixReverseTotalBytes,
  kIpfixResponderBytes,
  kIpfixStartMs,
  kIpfixStartUs,
  kIpfixStartNs,
  kIpfixStartS,
  kIpfixStartDeltaUs,
  kIpfixStartUptimeMs,
  kIpfixEndMs,
  kIpfixEndUs,
  kIpfixEndNs,
  kIpfixEndS,
  kIpfixEndDeltaUs,
  kIpfixEndUptimeMs,
  kIpfixDurationMs,
  kIpfixDurationUs,
  kIpfixSystemInitMs,
  kNumIpfixElements
};

// As IANA's registry calls them; reverse ones after RFC 5103. The flags of the first packet and of the later
// ones are CERT's (enterprise 6871, numbers 14 and 15), which YAF writes in place of tcpControlBits.
inline constexpr std::array<const char*, kNumIpfixElements> kIpfixElementNames = {
    "sourceIPv4Address",
    "destinationIPv4Address",
    "sourceIPv6Address",
    "sourceTransportPort",
    "destinationTransportPort",
    "protocolIdentifier",
    "icmpTypeCodeIPv4",
    "icmpTypeIPv4",
    "icmpCodeIPv4",
    "ipClassOfService",
    "reverseIpClassOfService",
    "tcpControlBits",
    "reverseTcpControlBits",
    "initialTCPFlags",
    "unionTCPFlags",
    "reverseInitialTCPFlags",
    "reverseUnionTCPFlags",
    "packetDeltaCount",
    "packetTotalCount",
    "initiatorPackets",
    "octetDeltaCount",
    "octetTotalCount",
    "initiatorOctets",
    "reversePacketDeltaCount",
    "reversePacketTotalCount",
    "responderPackets",
    "reverseOctetDeltaCount",
    "reverseOctetTotalCount",
    "responderOctets",
    "flowStartMilliseconds",
    "flowStartMicroseconds",
    "flowStartNanoseconds",
    "flowStartSeconds",
    "flowStartDeltaMicroseconds",
    "flowStartSysUpTime",
    "flowEndMilliseconds",
    "flowEndMicroseconds",
    "flowEndNanoseconds",
    "flowEndSeconds",
    "flowEndDeltaMicroseconds",
    "flowEndSysUpTime",
    "flowDurationMilliseconds",
    "flowDurationMicroseconds",
    "systemInitTimeMilliseconds"};

// One data record. An element that its template lacks is 0.
struct IpfixRecord {
  std::array<uint64_t, kNumIpfixElements> values = {};
  std::bitset<kNumIpfixElements> present;
  uint32_t export_s = 0;  // of its message, since 1970

  bool has(IpfixElement element) const { return present[element]; }
  uint64_t operator[](IpfixElement element) const { return values[element]; }
};

// What the record says of a flow, as ipfix.h lists it. On false, `reason` names the element that is missing
// or wrong.
bool ParseIpfixRecord(const IpfixRecord& record, BiflowRecord* flow, std::string* reason);

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_IPFIX_RECORD_H_
