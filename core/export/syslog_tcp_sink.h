#ifndef STANFLOW_CORE_EXPORT_SYSLOG_TCP_SINK_H_
#define STANFLOW_CORE_EXPORT_SYSLOG_TCP_SINK_H_

#include <memory>

#include "absl/status/statusor.h"
#include "core/base/clock.h"
#include "core/export/flow_sink.h"
#include "core/export/sink_url.h"

namespace stanflow {

// CEF in syslog over TCP, a flow a line (RFC 6587, section 3.4.2), from host "stanflow".
//
// The connection is made with the first flow, and again when it breaks; SinkOptions::patience bounds how long
// there is none. Lines that the peer's kernel has not acknowledged are sent again over the next connection,
// so that none is lost on the way and some may come twice. A peer that is there and reads nothing is waited
// for without end (WhenFull::kWait), or its flows are given up and counted (kDrop); a host that has vanished
// is the former until the kernel gives its connection up (a quarter of an hour: net.ipv4.tcp_retries2).
//
// Commit waits until the peer's kernel has acknowledged every line. With kDrop nothing but the first
// connection is waited for: what was handed to the kernel counts as taken, and one line may be out by half.
// Only Finish waits for its acknowledgement, until the peer has acknowledged nothing for the time of
// SinkOptions::patience; what is left then moves from SinkCounts::flows to dropped_flows.
absl::StatusOr<std::unique_ptr<FlowSink>> OpenSyslogTcpSink(const SyslogSink& url, const SinkOptions& options,
                                                            const Clock* clock);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_SYSLOG_TCP_SINK_H_
