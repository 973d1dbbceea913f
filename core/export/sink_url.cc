#include "core/export/sink_url.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/export/url_parts.h"
#include "core/flow/time.h"
#include "core/io/all_formats.h"

namespace stanflow {
namespace {

// A URL without its scheme: "//host:1/topic" and "format=json".
struct Body {
  std::string_view scheme, path, options;
};

absl::StatusOr<std::string_view> Authority(const Body& body) {
  if (body.path.substr(0, 2) == "//") return body.path.substr(2);
  return BadUrlPart("host", StrCat("'//' is missing behind ", body.scheme, ":"));
}

absl::StatusOr<HostPort> OnlyHost(const Body& body, uint16_t default_port) {
  STANFLOW_ASSIGN_OR_RETURN(const std::string_view authority, Authority(body));
  const size_t slash = authority.find('/');
  if (slash != std::string_view::npos) {
    return BadUrlPart("path", StrCat("'", authority.substr(slash), "' stands behind the host"));
  }
  return ParseHostPort("host", authority, default_port);
}

absl::StatusOr<SinkUrl> ParseCollector(const Body& body) {
  STANFLOW_RETURN_IF_ERROR(UrlOptions::Parse(body.options, {}).status());
  CollectorSink sink;
  sink.protocol = body.scheme == "netflow5"   ? CollectorProtocol::kNetFlow5
                  : body.scheme == "netflow9" ? CollectorProtocol::kNetFlow9
                                              : CollectorProtocol::kIpfix;
  const bool ipfix = sink.protocol == CollectorProtocol::kIpfix;
  STANFLOW_ASSIGN_OR_RETURN(sink.address, OnlyHost(body, ipfix ? kIpfixPort : kNetFlowPort));
  return sink;
}

// The names that Kafka takes (its class Topic): others fail only when the first flow is sent.
absl::Status CheckTopic(std::string_view topic) {
  if (topic.empty()) return BadUrlPart("topic", "is missing");
  const auto legal = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  if (topic.size() <= 249 && topic != "." && topic != ".." &&
      std::all_of(topic.begin(), topic.end(), legal)) {
    return absl::OkStatus();
  }
  return BadUrlPart("topic", StrCat("'", topic, "' is not 1 to 249 letters, digits, '.', '_' and '-'"));
}

absl::StatusOr<SinkUrl> ParseKafka(const Body& body) {
  STANFLOW_ASSIGN_OR_RETURN(const UrlOptions options, UrlOptions::Parse(body.options, {"format"}));
  STANFLOW_ASSIGN_OR_RETURN(const int format, options.GetWord("format", {"json", "protobuf"}));
  STANFLOW_ASSIGN_OR_RETURN(const std::string_view authority, Authority(body));
  const size_t slash = std::min(authority.find('/'), authority.size());
  KafkaSink sink;
  sink.format = format == 0 ? KafkaFormat::kJson : KafkaFormat::kProtobuf;
  const std::vector<std::string> brokers = absl::StrSplit(ToAbsl(authority.substr(0, slash)), ',');
  for (const std::string& broker : brokers) {
    STANFLOW_ASSIGN_OR_RETURN(HostPort address, ParseHostPort("broker", broker, kKafkaPort));
    sink.brokers.push_back(std::move(address));
  }
  const std::string_view topic = slash == authority.size() ? std::string_view() : authority.substr(slash + 1);
  STANFLOW_RETURN_IF_ERROR(CheckTopic(topic));
  sink.topic = std::string(topic);
  return sink;
}

absl::Status ParseRotation(const std::string& text, FileSink* sink) {
  if (const auto bytes = ParseByteCount(text)) {
    sink->rotate_bytes = *bytes;
    return absl::OkStatus();
  }
  const absl::StatusOr<int64_t> duration = ParseDuration(text);
  if (!duration.ok()) {
    return BadUrlPart("rotate", StrCat("'", text, "' is neither a time like 1h nor a size like 100MB"));
  }
  sink->rotate_ms = *duration;
  return absl::OkStatus();
}

absl::StatusOr<SinkUrl> ParseFile(const Body& body) {
  STANFLOW_ASSIGN_OR_RETURN(const UrlOptions options, UrlOptions::Parse(body.options, {"format", "rotate"}));
  const std::vector<std::string> formats = WriterNames();
  STANFLOW_ASSIGN_OR_RETURN(const int format, options.GetWord("format", formats));
  FileSink sink;
  sink.format = formats[format];
  if (const auto rotate = options.Get("rotate")) STANFLOW_RETURN_IF_ERROR(ParseRotation(*rotate, &sink));
  std::string_view path = body.path;
  if (path.substr(0, 2) == "//") {
    path.remove_prefix(2);
    if (path.empty() || path[0] != '/') {
      return BadUrlPart("path", StrCat("'", body.path, "' names a host; files are the server's"));
    }
  }
  if (path.empty()) return BadUrlPart("path", "is missing");
  if (path.back() == '/') return BadUrlPart("path", StrCat("'", path, "' is a folder"));
  sink.path = std::string(path);
  return sink;
}

absl::StatusOr<SinkUrl> ParseSyslog(const Body& body) {
  STANFLOW_ASSIGN_OR_RETURN(const UrlOptions options, UrlOptions::Parse(body.options, {"transport"}));
  STANFLOW_ASSIGN_OR_RETURN(const int transport, options.GetWord("transport", {"udp", "tcp"}));
  SyslogSink sink;
  sink.transport = transport == 0 ? SyslogTransport::kUdp : SyslogTransport::kTcp;
  STANFLOW_ASSIGN_OR_RETURN(sink.address, OnlyHost(body, kSyslogPort));
  return sink;
}

struct Scheme {
  std::string name, form;
  absl::StatusOr<SinkUrl> (*parse)(const Body& body);
};
const std::vector<Scheme>& Schemes() {
  static const auto* const schemes = new std::vector<Scheme>{
      {"netflow5", "netflow5://HOST[:PORT]", ParseCollector},
      {"netflow9", "netflow9://HOST[:PORT]", ParseCollector},
      {"ipfix", "ipfix://HOST[:PORT]", ParseCollector},
      {"kafka", "kafka://BROKER[:PORT][,BROKER[:PORT]]/TOPIC[?format=json|protobuf]", ParseKafka},
      {"file", StrCat("file:PATH[?format=", absl::StrJoin(WriterNames(), "|"), "][&rotate=1h|100MB]"),
       ParseFile},
      {"syslog", "syslog://HOST[:PORT][?transport=udp|tcp]", ParseSyslog},
  };
  return *schemes;
}

std::string Forms() {
  std::string forms;
  for (const Scheme& scheme : Schemes()) StrAppend(&forms, forms.empty() ? "" : ", ", scheme.form);
  return forms;
}

}  // namespace

absl::StatusOr<SinkUrl> ParseSinkUrl(std::string_view url) {
  const size_t colon = std::min(url.find(':'), url.size());
  for (const Scheme& scheme : Schemes()) {
    if (colon == url.size() || scheme.name != url.substr(0, colon)) continue;
    const std::string_view rest = url.substr(colon + 1);
    const size_t question = std::min(rest.find('?'), rest.size());
    const std::string_view options = question == rest.size() ? std::string_view() : rest.substr(question + 1);
    absl::StatusOr<SinkUrl> sink = scheme.parse({scheme.name, rest.substr(0, question), options});
    if (sink.ok()) return sink;
    return absl::InvalidArgumentError(
        StrCat("'", url, "': ", ToStd(sink.status().message()), "; write it like ", scheme.form));
  }
  return absl::InvalidArgumentError(StrCat("'", url, "' is none of ", Forms()));
}

}  // namespace stanflow
