// What scripts/kafka-check drives against a real broker: flows by a formula through the sink, and what
// readers of the topic see of them.
//
//   kafka_flows print ROWS                                               the flows, as JSON lines
//   kafka_flows write HOST:PORT TOPIC FORMAT STREAM FOLDER ROWS COMMIT [TOKEN_BYTES]
//       sends them from where the stream stands, a commit every COMMIT flows; says "resumed N", "committed
//       N", and at the end what it took, as JSON
//   kafka_flows read HOST:PORT TOPIC FORMAT                              "PARTITION KEY JSON", read_committed
#include <sys/resource.h>

#include <algorithm>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/philox.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/export/flow_message.h"
#include "core/export/kafka_handles.h"
#include "core/export/kafka_settings.h"
#include "core/export/kafka_sink.h"
#include "nlohmann/json.hpp"
#include "stanflow/v1/flow.pb.h"

namespace stanflow {
namespace {

constexpr size_t kBlockRows = 1024;

// Flow `row` of the stream: every one is another, of 200 home hosts.
Flow FlowAt(uint32_t row) {
  const auto random = Philox4x32({row, 0, 0, 0}, {5, 6});
  const uint32_t home = 0x0A000001 + random[0] % 200;
  const bool outgoing = random[1] % 2 == 0;
  Flow flow;
  flow.end_ms = 1704706201000 + row;
  flow.duration_ms = random[1] % 60000;
  flow.source_address = outgoing ? home : random[2] | 0x80000000;
  flow.destination_address = outgoing ? random[2] | 0x80000000 : home;
  flow.source_port = static_cast<uint16_t>(random[3]);
  flow.destination_port = 443;
  flow.protocol = 6;
  flow.tcp_flags = 27;
  flow.packets = 1 + random[3] % 100;
  flow.bytes = 40 * flow.packets;
  return flow;
}

FlowTable FlowsAt(uint64_t begin, uint64_t end) {
  FlowTable flows;
  for (uint64_t row = begin; row < end; ++row) flows.Append(FlowAt(static_cast<uint32_t>(row)));
  return flows;
}

absl::Status Print(uint64_t rows) {
  const FlowTable flows = FlowsAt(0, rows);
  const auto writer = NewFlowMessageWriter(KafkaFormat::kJson);
  std::string line;
  for (size_t row = 0; row < rows; ++row) {
    writer->Write(flows, row, &line);
    std::cout << line << '\n';
  }
  return absl::OkStatus();
}

KafkaSink UrlOf(const std::string& address, const std::string& topic, std::string_view format) {
  const size_t colon = address.rfind(':');
  KafkaSink url;
  url.brokers = {{address.substr(0, colon), static_cast<uint16_t>(std::stoi(address.substr(colon + 1)))}};
  url.topic = topic;
  url.format = format == "protobuf" ? KafkaFormat::kProtobuf : KafkaFormat::kJson;
  return url;
}

double CpuSeconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void Report(const SinkCounts& counts, double seconds, double cpu_seconds) {
  std::cout << nlohmann::json({{"flows", counts.flows},
                               {"bytes", counts.bytes},
                               {"dropped", counts.dropped_flows},
                               {"errors", counts.errors},
                               {"seconds", seconds},
                               {"cpu_seconds", cpu_seconds},
                               {"waited_seconds", std::chrono::duration<double>(counts.waited).count()}})
            << std::endl;
}

absl::Status WriteFlows(const KafkaSink& url, const SinkOptions& options, uint64_t rows, uint64_t commit_rows,
                        size_t token_bytes) {
  STANFLOW_ASSIGN_OR_RETURN(const auto sink, OpenKafkaSink(url, options, &Clock::Real()));
  const uint64_t first = sink->resumed().rows;
  std::cout << "resumed " << first << std::endl;
  // Made before the clock runs: the figures are the sink's.
  const FlowTable flows = FlowsAt(first, rows);
  const auto start = Clock::Real().SteadyNow();
  const double cpu_start = CpuSeconds();
  for (uint64_t row = first; row < rows;) {
    const uint64_t end = std::min({rows, row + kBlockRows, (row / commit_rows + 1) * commit_rows});
    STANFLOW_RETURN_IF_ERROR(sink->Write(flows, row - first, end - first));
    row = end;
    if (row != rows && row % commit_rows != 0) continue;
    STANFLOW_RETURN_IF_ERROR(sink->Commit({row, std::string(token_bytes, 'x'), row}));
    std::cout << "committed " << row << std::endl;
  }
  STANFLOW_RETURN_IF_ERROR(sink->Finish());
  const std::chrono::duration<double> took = Clock::Real().SteadyNow() - start;
  Report(sink->counts(), took.count(), CpuSeconds() - cpu_start);
  return absl::OkStatus();
}

// The payload as the JSON line of its flow.
absl::StatusOr<std::string> LineOf(std::string payload, KafkaFormat format) {
  if (format == KafkaFormat::kJson) return payload;
  v1::Flow m;
  if (!m.ParseFromString(payload)) return absl::DataLossError("a message is no stanflow.v1.Flow");
  FlowTable flows;
  flows.Append({m.flow_end_milliseconds(), m.flow_duration_milliseconds(), m.source_ipv4_address(),
                m.destination_ipv4_address(), static_cast<uint16_t>(m.source_transport_port()),
                static_cast<uint16_t>(m.destination_transport_port()),
                static_cast<uint8_t>(m.protocol_identifier()), static_cast<uint8_t>(m.tcp_control_bits()),
                static_cast<uint8_t>(m.ip_class_of_service()), m.packet_delta_count(),
                m.octet_delta_count()});
  NewFlowMessageWriter(KafkaFormat::kJson)->Write(flows, 0, &payload);
  return payload;
}

absl::Status PrintMessage(const rd_kafka_message_t& message, KafkaFormat format) {
  STANFLOW_ASSIGN_OR_RETURN(const std::string line,
                            LineOf({static_cast<const char*>(message.payload), message.len}, format));
  std::cout << message.partition << ' '
            << std::string_view(static_cast<const char*>(message.key), message.key_len) << ' ' << line
            << '\n';
  return absl::OkStatus();
}

// Every partition of the topic, from its beginning.
KafkaPartitions AllPartitions(rd_kafka_t* client, const std::string& topic) {
  KafkaPartitions places(rd_kafka_topic_partition_list_new(1));
  const KafkaTopic handle(rd_kafka_topic_new(client, topic.c_str(), nullptr));
  const rd_kafka_metadata_t* metadata = nullptr;
  if (rd_kafka_metadata(client, 0, handle.get(), &metadata, 30'000) != RD_KAFKA_RESP_ERR_NO_ERROR)
    return places;
  for (int i = 0; i < metadata->topics[0].partition_cnt; ++i) {
    rd_kafka_topic_partition_list_add(places.get(), topic.c_str(), i)->offset = RD_KAFKA_OFFSET_BEGINNING;
  }
  rd_kafka_metadata_destroy(metadata);
  return places;
}

absl::Status ReadFlows(const std::string& brokers, const KafkaSink& url) {
  STANFLOW_ASSIGN_OR_RETURN(KafkaConf conf, NewKafkaConf({{"bootstrap.servers", brokers},
                                                          {"group.id", "kafka-check"},
                                                          {"enable.auto.commit", "false"},
                                                          {"enable.partition.eof", "true"},
                                                          {"isolation.level", "read_committed"}}));
  STANFLOW_ASSIGN_OR_RETURN(const KafkaHandle consumer, NewKafkaClient(RD_KAFKA_CONSUMER, std::move(conf)));
  rd_kafka_poll_set_consumer(consumer.get());
  const KafkaPartitions places = AllPartitions(consumer.get(), url.topic);
  if (places->cnt == 0) return absl::NotFoundError(StrCat("topic ", url.topic));
  rd_kafka_assign(consumer.get(), places.get());
  for (int open = places->cnt; open > 0;) {
    const KafkaPtr<rd_kafka_message_t, rd_kafka_message_destroy> message(
        rd_kafka_consumer_poll(consumer.get(), 30'000));
    if (message == nullptr) return absl::UnavailableError("the broker doesn't answer");
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      --open;
    } else if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return absl::UnavailableError(rd_kafka_message_errstr(message.get()));
    } else {
      STANFLOW_RETURN_IF_ERROR(PrintMessage(*message, url.format));
    }
  }
  rd_kafka_consumer_close(consumer.get());
  return absl::OkStatus();
}

absl::Status Run(const std::vector<std::string>& args) {
  if (args.size() == 2 && args[0] == "print") return Print(std::stoull(args[1]));
  if (args.size() == 4 && args[0] == "read") return ReadFlows(args[1], UrlOf(args[1], args[2], args[3]));
  if (args.size() < 8 || args[0] != "write") return absl::InvalidArgumentError("print, write or read");
  SinkOptions options;
  options.stream_id = args[4];
  options.state_dir = args[5];
  options.home = {0x0A000000, 8};
  return WriteFlows(UrlOf(args[1], args[2], args[3]), options, std::stoull(args[6]), std::stoull(args[7]),
                    args.size() > 8 ? std::stoull(args[8]) : 300);
}

}  // namespace
}  // namespace stanflow

int main(int argc, char** argv) {
  const absl::Status status = stanflow::Run({argv + 1, argv + argc});
  if (status.ok()) return 0;
  std::cerr << status << std::endl;
  return static_cast<int>(status.code());
}
