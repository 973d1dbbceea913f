#ifndef STANFLOW_CORE_EXPORT_COLLECTOR_SINK_H_
#define STANFLOW_CORE_EXPORT_COLLECTOR_SINK_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "core/base/clock.h"
#include "core/export/flow_sink.h"
#include "core/export/sink_url.h"

namespace stanflow {

// As many exporters as a sink may have: each has a socket.
inline constexpr uint32_t kMostExporters = 1024;

// NetFlow v5, v9 or IPFIX over UDP, as OpenDatagramSink says. An exporter's number is the engine of v5 (type
// * 256 + id), the source id of v9 and the observation domain of IPFIX.
absl::StatusOr<std::unique_ptr<FlowSink>> OpenCollectorSink(const CollectorSink& url,
                                                            const SinkOptions& options, const Clock* clock);

// CEF in syslog over UDP, a flow a datagram. An exporter's number stands in its host name: "stanflow-3".
absl::StatusOr<std::unique_ptr<FlowSink>> OpenSyslogUdpSink(const SyslogSink& url, const SinkOptions& options,
                                                            const Clock* clock);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_COLLECTOR_SINK_H_
