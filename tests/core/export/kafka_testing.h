#ifndef STANFLOW_TESTS_CORE_EXPORT_KAFKA_TESTING_H_
#define STANFLOW_TESTS_CORE_EXPORT_KAFKA_TESTING_H_

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "core/base/strings.h"
#include "core/export/kafka_handles.h"
#include "core/export/kafka_settings.h"
#include "core/export/sink_url.h"
#include "gtest/gtest.h"
#include "librdkafka/rdkafka_mock.h"

namespace stanflow {

// Requests of Kafka's protocol, by their keys (https://kafka.apache.org/protocol, "Api Keys").
inline constexpr int16_t kProduce = 0, kOffsetFetch = 9, kAddPartitionsToTxn = 24, kAddOffsetsToTxn = 25,
                         kEndTxn = 26, kTxnOffsetCommit = 28;

struct KafkaMessage {
  int32_t partition;
  std::string key, payload;
};

// librdkafka's own broker within this process, on loopback, and a topic of it. What it is not: it keeps
// no offset that comes in a transaction, voids no aborted message and fences no producer by itself. Whatever
// follows from these is shown against real brokers (scripts/kafka-check).
class MockKafka {
 public:
  explicit MockKafka(int partitions = 3, std::string topic = "flows") : topic_(std::move(topic)) {
    host_ = std::move(NewKafkaClient(RD_KAFKA_PRODUCER, NewKafkaConf({}).value()).value());
    cluster_ = rd_kafka_mock_cluster_new(host_.get(), 1);
    EXPECT_EQ(rd_kafka_mock_topic_create(cluster_, topic_.c_str(), partitions, 1), 0);
  }
  MockKafka(const MockKafka&) = delete;
  MockKafka& operator=(const MockKafka&) = delete;
  ~MockKafka() { rd_kafka_mock_cluster_destroy(cluster_); }

  KafkaSink Url(KafkaFormat format = KafkaFormat::kJson) const {
    const std::string address = brokers();  // of the one broker
    const size_t colon = address.find(':');
    KafkaSink url;
    url.brokers = {{address.substr(0, colon), static_cast<uint16_t>(std::stoi(address.substr(colon + 1)))}};
    url.topic = topic_;
    url.format = format;
    return url;
  }
  // The next requests of a kind are answered so, one each.
  void Refuse(int16_t request, const std::vector<rd_kafka_resp_err_t>& answers) {
    rd_kafka_mock_push_request_errors_array(cluster_, request, answers.size(), answers.data());
  }
  void RefuseTopic(rd_kafka_resp_err_t answer) {
    rd_kafka_mock_topic_set_error(cluster_, topic_.c_str(), answer);
  }
  void SetDown() { rd_kafka_mock_broker_set_down(cluster_, 1); }
  void SetUp() { rd_kafka_mock_broker_set_up(cluster_, 1); }
  // Keeps an offset of partition 0, outside of any transaction.
  void KeepOffset(const std::string& group, int64_t offset, const std::string& metadata) const {
    const KafkaHandle consumer = NewConsumer(group);
    const KafkaPartitions places(rd_kafka_topic_partition_list_new(1));
    auto* const place = rd_kafka_topic_partition_list_add(places.get(), topic_.c_str(), 0);
    place->offset = offset;
    place->metadata = strdup(metadata.c_str());
    place->metadata_size = metadata.size();
    ASSERT_EQ(rd_kafka_commit(consumer.get(), places.get(), 0), RD_KAFKA_RESP_ERR_NO_ERROR);
  }
  // The first `count` messages, of each partition in order.
  std::vector<KafkaMessage> Read(size_t count) const {
    const KafkaHandle consumer = NewConsumer("reader");
    const KafkaPartitions places(rd_kafka_topic_partition_list_new(1));
    for (int32_t partition = 0; partition < kMostPartitions; ++partition) {
      rd_kafka_topic_partition_list_add(places.get(), topic_.c_str(), partition)->offset =
          RD_KAFKA_OFFSET_BEGINNING;
    }
    rd_kafka_assign(consumer.get(), places.get());
    std::vector<KafkaMessage> messages;
    while (messages.size() < count) {
      const KafkaPtr<rd_kafka_message_t, rd_kafka_message_destroy> message(
          rd_kafka_consumer_poll(consumer.get(), kLimitMs));
      if (message == nullptr) break;  // the test fails by the number of messages
      if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
      messages.push_back({message->partition,
                          {static_cast<const char*>(message->key), message->key_len},
                          {static_cast<const char*>(message->payload), message->len}});
    }
    rd_kafka_consumer_close(consumer.get());
    return messages;
  }

 private:
  static constexpr int kMostPartitions = 3, kLimitMs = 60'000;

  std::string brokers() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }
  KafkaHandle NewConsumer(const std::string& group) const {
    auto conf = NewKafkaConf(
        {{"bootstrap.servers", brokers()}, {"group.id", group}, {"enable.auto.commit", "false"}});
    KafkaHandle consumer = NewKafkaClient(RD_KAFKA_CONSUMER, std::move(conf).value()).value();
    rd_kafka_poll_set_consumer(consumer.get());
    return consumer;
  }

  const std::string topic_;
  KafkaHandle host_;
  rd_kafka_mock_cluster_t* cluster_;
};

}  // namespace stanflow

#endif  // STANFLOW_TESTS_CORE_EXPORT_KAFKA_TESTING_H_
