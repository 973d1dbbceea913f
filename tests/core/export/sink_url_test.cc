#include "core/export/sink_url.h"

#include "core/base/strings.h"
#include "core/flow/time.h"
#include "core/io/all_formats.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

template <typename Kind>
Kind Parse(std::string_view url) {
  const absl::StatusOr<SinkUrl> sink = ParseSinkUrl(url);
  EXPECT_TRUE(sink.ok()) << sink.status();
  if (!sink.ok() || !std::holds_alternative<Kind>(*sink)) {
    ADD_FAILURE() << url << " is of another kind";
    return Kind();
  }
  return std::get<Kind>(*sink);
}

std::string Error(std::string_view url) {
  const absl::Status status = ParseSinkUrl(url).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << url;
  return std::string(status.message());
}

TEST(SinkUrl, CollectorsHaveAHostAndAPort) {
  const auto v9 = Parse<CollectorSink>("netflow9://127.0.0.1:9995");
  EXPECT_EQ(v9.protocol, CollectorProtocol::kNetFlow9);
  EXPECT_EQ(v9.address.host, "127.0.0.1");
  EXPECT_EQ(v9.address.port, 9995);
  EXPECT_EQ(Parse<CollectorSink>("netflow5://c").protocol, CollectorProtocol::kNetFlow5);
  EXPECT_EQ(Parse<CollectorSink>("netflow5://c").address.port, 2055);
  EXPECT_EQ(Parse<CollectorSink>("netflow9://c").address.port, 2055);
  EXPECT_EQ(Parse<CollectorSink>("ipfix://c").protocol, CollectorProtocol::kIpfix);
  EXPECT_EQ(Parse<CollectorSink>("ipfix://c").address.port, 4739);
}

TEST(SinkUrl, Ipv6AddressesStandInBrackets) {
  const auto with_port = Parse<CollectorSink>("ipfix://[2001:db8::1]:1234");
  EXPECT_EQ(with_port.address.host, "2001:db8::1");
  EXPECT_EQ(with_port.address.port, 1234);
  EXPECT_EQ(Parse<CollectorSink>("ipfix://[::1]").address.port, 4739);
  EXPECT_THAT(Error("ipfix://::1"),
              HasSubstr("host: '::1' has several ':'; an IPv6 address stands in brackets"));
  EXPECT_THAT(Error("ipfix://[::1"), HasSubstr("host: '[::1' lacks its ']'"));
  EXPECT_THAT(Error("ipfix://[::1]1"), HasSubstr("host: '1' stands behind the address"));
}

TEST(SinkUrl, KafkaHasBrokersATopicAndAFormat) {
  const auto one = Parse<KafkaSink>("kafka://broker/flows");
  ASSERT_EQ(one.brokers.size(), 1u);
  EXPECT_EQ(one.brokers[0].host, "broker");
  EXPECT_EQ(one.brokers[0].port, 9092);
  EXPECT_EQ(one.topic, "flows");
  EXPECT_EQ(one.format, KafkaFormat::kJson);
  const auto two = Parse<KafkaSink>("kafka://a:1,[::1]:2/t_1?format=protobuf");
  ASSERT_EQ(two.brokers.size(), 2u);
  EXPECT_EQ(two.brokers[0].port, 1);
  EXPECT_EQ(two.brokers[1].host, "::1");
  EXPECT_EQ(two.format, KafkaFormat::kProtobuf);
  EXPECT_THAT(Error("kafka://broker"), HasSubstr("topic: is missing"));
  EXPECT_THAT(Error("kafka://broker/"), HasSubstr("topic: is missing"));
  EXPECT_THAT(Error("kafka://a,/t"), HasSubstr("broker: the name or address is missing"));
  EXPECT_THAT(Error("kafka://a/b/c"), HasSubstr("topic: 'b/c' is not 1 to 249 letters"));
}

TEST(SinkUrl, FilesHaveAPathAFormatAndARotation) {
  const auto plain = Parse<FileSink>("file:out/flows.csv");
  EXPECT_EQ(plain.path, "out/flows.csv");
  EXPECT_EQ(plain.format, "csv");
  EXPECT_EQ(plain.rotate_ms, 0);
  EXPECT_EQ(plain.rotate_bytes, 0u);
  const auto hourly = Parse<FileSink>("file:///var/flows?format=zeek&rotate=1h");
  EXPECT_EQ(hourly.path, "/var/flows");
  EXPECT_EQ(hourly.format, "zeek");
  EXPECT_EQ(hourly.rotate_ms, kHourMs);
  EXPECT_EQ(Parse<FileSink>("file:a?rotate=100MB").rotate_bytes, 100'000'000u);
  EXPECT_EQ(Parse<FileSink>("file:a?rotate=64KiB&format=nfdump-csv").rotate_bytes, 65536u);
  EXPECT_EQ(Parse<FileSink>("file:a?format=jsonl").format, "jsonl");
  for (const std::string& format : WriterNames()) {
    EXPECT_EQ(Parse<FileSink>(StrCat("file:a?format=", format)).format, format);
  }
  EXPECT_THAT(Error("file:"), HasSubstr("path: is missing"));
  EXPECT_THAT(Error("file:dir/"), HasSubstr("path: 'dir/' is a folder"));
  EXPECT_THAT(Error("file://host/a"), HasSubstr("path: '//host/a' names a host"));
  EXPECT_THAT(Error("file:a?format=xml"), HasSubstr("format: 'xml' is none of csv, jsonl, nfdump-csv, zeek"));
  EXPECT_THAT(Error("file:a?rotate=5"),
              HasSubstr("rotate: '5' is neither a time like 1h nor a size like 100MB"));
  EXPECT_THAT(Error("file:a?rotate=0MB"), HasSubstr("rotate: '0MB' is neither"));
  EXPECT_THAT(Error("file:a?rotate=99999999999999GB"), HasSubstr("rotate: '99999999999999GB' is neither"));
}

TEST(SinkUrl, SyslogHasATransport) {
  EXPECT_EQ(Parse<SyslogSink>("syslog://h").address.port, 514);
  EXPECT_EQ(Parse<SyslogSink>("syslog://h").transport, SyslogTransport::kUdp);
  EXPECT_EQ(Parse<SyslogSink>("syslog://h:601?transport=tcp").transport, SyslogTransport::kTcp);
  EXPECT_THAT(Error("syslog://h?transport=tls"), HasSubstr("transport: 'tls' is none of udp, tcp"));
}

TEST(SinkUrl, ErrorsNameTheUrlThePartAndTheForm) {
  EXPECT_EQ(Error("netflow9://127.0.0.1:99999"),
            "'netflow9://127.0.0.1:99999': host: port '99999' is not a number from 1 to 65535; write it like "
            "netflow9://HOST[:PORT]");
  EXPECT_EQ(Error("kafka://b/t?fromat=json"),
            "'kafka://b/t?fromat=json': options: there is no 'fromat'; there is format; write it like "
            "kafka://BROKER[:PORT][,BROKER[:PORT]]/TOPIC[?format=json|protobuf]");
  EXPECT_THAT(Error("netflow5://"), HasSubstr("host: the name or address is missing"));
  EXPECT_THAT(Error("netflow5:h:1"), HasSubstr("host: '//' is missing behind netflow5:"));
  EXPECT_THAT(Error("netflow5://h:1/x"), HasSubstr("path: '/x' stands behind the host"));
  EXPECT_THAT(Error("netflow5://h:1?a=b"), HasSubstr("options: there is no 'a'; there is none"));
  EXPECT_THAT(Error("netflow5://u@h:1"), HasSubstr("host: 'u@h' is no name or address of a host"));
  for (const char* port : {"", "0", "65536", "x", "-1", "+1", " 1"}) {
    EXPECT_THAT(Error(StrCat("ipfix://h:", port)), HasSubstr(StrCat("port '", port, "' is not a number")));
  }
  EXPECT_THAT(Error("syslog://h?transport"), HasSubstr("transport: its '=' and value are missing"));
  EXPECT_THAT(Error("syslog://h?transport=udp&transport=udp"), HasSubstr("transport: is given twice"));
}

TEST(SinkUrl, AnUnknownFormIsAnsweredWithAllOfThem) {
  for (const char* url : {"", "out.csv", "netflow7://h", "://h", "NETFLOW9://h"}) {
    const std::string error = Error(url);
    for (const char* form :
         {"netflow5://", "netflow9://", "ipfix://", "kafka://", "file:PATH", "syslog://"}) {
      EXPECT_THAT(error, HasSubstr(form)) << url;
    }
  }
}

}  // namespace
}  // namespace stanflow
