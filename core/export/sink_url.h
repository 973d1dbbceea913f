#ifndef STANFLOW_CORE_EXPORT_SINK_URL_H_
#define STANFLOW_CORE_EXPORT_SINK_URL_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"

namespace stanflow {

// Where no port is given:
//   2055  NetFlow: none is registered for it; what Cisco's guides and most collectors use, but nfcapd listens
//         on 9995 unless told otherwise
//   4739  IPFIX (RFC 7011, section 10; IANA "ipfix")
//   9092  Kafka's brokers (`listeners` in Kafka's own configuration)
//   514   syslog over UDP (RFC 5426, section 3.3; IANA "syslog"), and over TCP by custom (RFC 6587)
inline constexpr uint16_t kNetFlowPort = 2055, kIpfixPort = 4739, kKafkaPort = 9092, kSyslogPort = 514;

struct HostPort {
  std::string host;  // a name or an address; IPv6 without its brackets
  uint16_t port = 0;
};

enum class CollectorProtocol { kNetFlow5, kNetFlow9, kIpfix };
struct CollectorSink {
  CollectorProtocol protocol;
  HostPort address;
};

enum class KafkaFormat { kJson, kProtobuf };
struct KafkaSink {
  std::vector<HostPort> brokers;  // at least one
  std::string topic;
  KafkaFormat format = KafkaFormat::kJson;
};

struct FileSink {
  std::string path;
  std::string format;  // one of WriterNames() (core/io/all_formats.h)
  // When a new file is begun: after so long of the flows' time, or so many bytes. At most one is not 0.
  int64_t rotate_ms = 0;
  uint64_t rotate_bytes = 0;
};

enum class SyslogTransport { kUdp, kTcp };
struct SyslogSink {
  HostPort address;
  SyslogTransport transport = SyslogTransport::kUdp;
};

using SinkUrl = std::variant<CollectorSink, KafkaSink, FileSink, SyslogSink>;

// One of
//   netflow5://HOST[:PORT], netflow9://HOST[:PORT], ipfix://HOST[:PORT]
//   kafka://BROKER[:PORT][,BROKER[:PORT]]/TOPIC[?format=json|protobuf]
//   file:PATH[?format=csv|jsonl|nfdump-csv|zeek][&rotate=1h|100MB]
//   syslog://HOST[:PORT][?transport=udp|tcp]
// An IPv6 address stands in brackets. A file's path ends at the first '?'. MB are 10^6 bytes, MiB 2^20.
// INVALID_ARGUMENT, naming the part that is wrong and the form, or all forms if the text has none of them.
absl::StatusOr<SinkUrl> ParseSinkUrl(std::string_view url);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_SINK_URL_H_
