#ifndef STANFLOW_CORE_EXPORT_SYSLOG_CEF_H_
#define STANFLOW_CORE_EXPORT_SYSLOG_CEF_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "core/export/datagram_encoder.h"
#include "core/io/flow_writer.h"

namespace stanflow {

struct SyslogCefOptions {
  // HOSTNAME of the frames: whoever saw the flows. 1 to 255 visible ASCII characters.
  std::string hostname = "stanflow";
  // "Device Version" of the CEF header: the program's.
  std::string version;
};

// Flows as CEF ("ArcSight Common Event Format Implementation Standard", CEF:0) in frames of syslog (RFC
// 5424), facility local0, severity informational, the time that of the flow's end:
//
//   <134>1 2024-01-08T09:30:01.250Z stanflow stanflow - flow - CEF:0|stanflow|stanflow|0.1.0|flow|network
//   flow|0|start=1704706179198 end=1704706201250 src=198.51.100.7 dst=10.1.0.5 proto=TCP spt=17784 dpt=22
//   in=3928 cn1=35 cn1Label=packets cn2=8 cn2Label=ipClassOfService cs1=.AP.S. cs1Label=tcpControlBits
//
// (one line). Keys are those of the standard's dictionary: `in` is what goes from source to destination; what
// it has no key for stands in custom ones with their labels. ICMP has cn3 (icmpTypeCode, type * 256 + code)
// instead of ports.
//
// One datagram a flow (RFC 5426), at once: nothing waits for Flush.
// INVALID_ARGUMENT, naming the option, for a host name that is none.
absl::StatusOr<std::unique_ptr<DatagramEncoder>> NewSyslogCefEncoder(const SyslogCefOptions& options);

// For TCP and files: a frame a line (RFC 6587, section 3.4.2); no frame has a line feed of its own.
absl::StatusOr<std::unique_ptr<FlowWriter>> NewSyslogCefWriter(const SyslogCefOptions& options);

// A field of the CEF header with '\' and '|' escaped and line feeds and carriage returns as spaces.
std::string EscapeCefHeader(std::string_view text);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_SYSLOG_CEF_H_
