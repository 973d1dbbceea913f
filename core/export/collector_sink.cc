#include "core/export/collector_sink.h"

#include "core/base/strings.h"
#include "core/export/datagram_sink.h"
#include "core/export/ipfix.h"
#include "core/export/netflow5.h"
#include "core/export/netflow9.h"
#include "core/export/syslog_cef.h"

namespace stanflow {
namespace {

using NewEncoder = absl::StatusOr<std::unique_ptr<DatagramEncoder>>;

NewEncoder NetFlow5(uint32_t exporter, uint32_t first_sequence, size_t max_payload) {
  NetFlow5Options options;
  options.engine_type = static_cast<uint8_t>(exporter >> 8);
  options.engine_id = static_cast<uint8_t>(exporter);
  options.first_sequence = first_sequence;
  options.max_payload = max_payload;
  return NewNetFlow5Encoder(options);
}

NewEncoder NetFlow9(uint32_t exporter, uint32_t first_sequence, size_t max_payload) {
  NetFlow9Options options;
  options.source_id = exporter;
  options.first_sequence = first_sequence;
  options.max_payload = max_payload;
  return NewNetFlow9Encoder(options);
}

NewEncoder Ipfix(uint32_t exporter, uint32_t first_sequence, size_t max_payload) {
  IpfixOptions options;
  options.observation_domain = exporter;
  options.first_sequence = first_sequence;
  options.max_payload = max_payload;
  return NewIpfixEncoder(options);
}

NewEncoder SyslogCef(uint32_t exporter, uint32_t, size_t) {
  SyslogCefOptions options;
  options.hostname = StrCat("stanflow-", exporter);
  options.version = STANFLOW_VERSION;
  return NewSyslogCefEncoder(options);
}

constexpr DatagramFormat kNetFlow5 = {"netflow5", NetFlow5}, kNetFlow9 = {"netflow9", NetFlow9},
                         kIpfix = {"ipfix", Ipfix}, kSyslogCef = {"syslog", SyslogCef};

const DatagramFormat& FormatOf(CollectorProtocol protocol) {
  switch (protocol) {
    case CollectorProtocol::kNetFlow5:
      return kNetFlow5;
    case CollectorProtocol::kNetFlow9:
      return kNetFlow9;
    case CollectorProtocol::kIpfix:
      break;
  }
  return kIpfix;
}

}  // namespace

absl::StatusOr<std::unique_ptr<FlowSink>> OpenCollectorSink(const CollectorSink& url,
                                                            const SinkOptions& options, const Clock* clock) {
  return OpenDatagramSink(
      FormatOf(url.protocol), [&url] { return DatagramSender::Connect(url.address); }, options, clock);
}

absl::StatusOr<std::unique_ptr<FlowSink>> OpenSyslogUdpSink(const SyslogSink& url, const SinkOptions& options,
                                                            const Clock* clock) {
  return OpenDatagramSink(
      kSyslogCef, [&url] { return DatagramSender::Connect(url.address); }, options, clock);
}

}  // namespace stanflow
