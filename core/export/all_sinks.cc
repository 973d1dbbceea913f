#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/export/collector_sink.h"
#include "core/export/file_sink.h"
#include "core/export/flow_sink.h"
#include "core/export/kafka_sink.h"
#include "core/export/syslog_tcp_sink.h"

namespace stanflow {
namespace {

absl::Status CheckExporters(const SinkOptions& options, uint32_t most) {
  if (options.exporters >= 1 && options.exporters <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(StrCat("exporters: ", options.exporters, " is not from 1 to ", most,
                                           most == 1 ? ": only sinks over UDP have several" : ""));
}

// A kind of sink: a line here and in Opener.
struct Checker {
  absl::Status operator()(const CollectorSink&) const { return CheckExporters(options, kMostExporters); }
  absl::Status operator()(const SyslogSink& url) const {
    return CheckExporters(options, url.transport == SyslogTransport::kUdp ? kMostExporters : 1);
  }
  absl::Status operator()(const FileSink& url) const {
    STANFLOW_RETURN_IF_ERROR(CheckExporters(options, 1));
    return CheckFileSink(url, options);
  }
  absl::Status operator()(const KafkaSink&) const { return CheckExporters(options, 1); }

  const SinkOptions& options;
};

struct Opener {
  using Sink = absl::StatusOr<std::unique_ptr<FlowSink>>;
  Sink operator()(const CollectorSink& url) const { return OpenCollectorSink(url, options, clock); }
  Sink operator()(const SyslogSink& url) const {
    if (url.transport == SyslogTransport::kTcp) return OpenSyslogTcpSink(url, options, clock);
    return OpenSyslogUdpSink(url, options, clock);
  }
  Sink operator()(const FileSink& url) const { return OpenFileSink(url, options); }
  Sink operator()(const KafkaSink& url) const { return OpenKafkaSink(url, options, clock); }

  const SinkOptions& options;
  const Clock* clock;
};

}  // namespace

absl::Status CheckFlowSink(const SinkUrl& url, const SinkOptions& options) {
  return std::visit(Checker{options}, url);
}

absl::StatusOr<std::unique_ptr<FlowSink>> OpenFlowSink(const SinkUrl& url, const SinkOptions& options,
                                                       const Clock* clock) {
  STANFLOW_RETURN_IF_ERROR(CheckFlowSink(url, options));
  return std::visit(Opener{options, clock}, url);
}

}  // namespace stanflow
