#include "core/export/kafka_sink.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/strings.h"
#include "core/export/flow_message.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/export/kafka_testing.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

// More than the library's queue holds (queue.buffering.max.messages).
constexpr size_t kMoreThanTheQueue = 100'100;

// Flows of five home hosts in turn, each told from all others by its end.
FlowTable SomeFlows(size_t rows) {
  FlowTable flows;
  for (uint32_t i = 0; i < rows; ++i) {
    Flow flow;
    flow.end_ms = 1704706201000 + i;
    const uint32_t home = 0x0A000001 + i % 5, remote = 0xC6336400 + i % 200;
    flow.source_address = i % 2 == 0 ? home : remote;
    flow.destination_address = i % 2 == 0 ? remote : home;
    flow.packets = flow.bytes = 1 + i;
    flows.Append(flow);
  }
  return flows;
}

StreamMark Mark(uint64_t rows) { return {rows, std::string("to\0ken", 6), rows - 1}; }

class KafkaSinkTest : public ::testing::Test {
 protected:
  SinkOptions Options() {
    SinkOptions options;
    options.state_dir = state_.path();
    options.stream_id = "s1";
    options.home = {0x0A000000, 8};
    options.stop_requested = [this] {
      clock_.Advance(clock_step_);
      return stop_;
    };
    return options;
  }
  absl::StatusOr<std::unique_ptr<FlowSink>> Open(KafkaFormat format = KafkaFormat::kJson) {
    return OpenKafkaSink(kafka_.Url(format), Options(), &clock_);
  }

  MockKafka kafka_;
  TempDir state_;
  ManualClock clock_;
  // How far each look at stop_requested moves the clock: patience ends by looks, not by time.
  std::chrono::milliseconds clock_step_{0};
  bool stop_ = false;
};

TEST_F(KafkaSinkTest, EveryFlowIsAMessageAndThoseOfOneHomeHostKeepTheirOrderInOnePartition) {
  const FlowTable flows = SomeFlows(500);
  auto sink = Open();
  ASSERT_TRUE(sink.ok()) << sink.status();
  ASSERT_TRUE((*sink)->Write(flows, 0, 300).ok());
  ASSERT_TRUE((*sink)->Commit(Mark(300)).ok());
  ASSERT_TRUE((*sink)->Write(flows, 300, 500).ok());
  ASSERT_TRUE((*sink)->Commit(Mark(500)).ok());
  ASSERT_TRUE((*sink)->Finish().ok());

  const std::vector<KafkaMessage> messages = kafka_.Read(500);
  ASSERT_EQ(messages.size(), 500u);
  std::map<std::string, std::vector<std::string>> of_host;
  std::map<std::string, std::set<int>> partitions_of_host;
  std::set<int> partitions;
  for (const KafkaMessage& message : messages) {
    of_host[message.key].push_back(message.payload);
    partitions_of_host[message.key].insert(message.partition);
    partitions.insert(message.partition);
  }
  EXPECT_GT(partitions.size(), 1u);
  ASSERT_EQ(of_host.size(), 5u);
  const auto writer = NewFlowMessageWriter(KafkaFormat::kJson);
  for (uint32_t host = 0; host < 5; ++host) {
    const std::string key = FormatIpv4(0x0A000001 + host);
    EXPECT_EQ(partitions_of_host[key].size(), 1u) << key;
    ASSERT_EQ(of_host[key].size(), 100u) << key;
    for (size_t i = 0; i < 100; ++i) {
      std::string expected;
      writer->Write(flows, 5 * i + host, &expected);
      ASSERT_EQ(of_host[key][i], expected);
    }
  }
}

TEST_F(KafkaSinkTest, CountsWhatTheBrokersAcknowledged) {
  const FlowTable flows = SomeFlows(500);
  auto sink = Open(KafkaFormat::kProtobuf);
  ASSERT_TRUE(sink.ok()) << sink.status();
  ASSERT_TRUE((*sink)->Write(flows, 0, 500).ok());
  ASSERT_TRUE((*sink)->Commit(Mark(500)).ok());
  size_t bytes = 0;
  for (const KafkaMessage& message : kafka_.Read(500)) bytes += message.payload.size();
  const SinkCounts counts = (*sink)->counts();
  EXPECT_EQ(counts.flows, 500u);
  EXPECT_EQ(counts.packets, 500u);
  EXPECT_EQ(counts.bytes, bytes);
  EXPECT_EQ(counts.dropped_flows, 0u);
  EXPECT_EQ(counts.errors, 0u);
}

TEST_F(KafkaSinkTest, AHostOutsideOfTheHomeIsKeyOnlyWhereNoSideIsAtHome) {
  FlowTable flows;
  flows.Append({1, 0, 0xC6336401, 0x0A000007, 0, 0, 6, 0, 0, 1, 1});
  flows.Append({2, 0, 0xC6336402, 0xC6336403, 0, 0, 6, 0, 0, 1, 1});
  flows.Append({3, 0, 0x0A000008, 0x0A000009, 0, 0, 6, 0, 0, 1, 1});
  auto sink = Open();
  ASSERT_TRUE(sink.ok()) << sink.status();
  ASSERT_TRUE((*sink)->Write(flows, 0, 3).ok());
  ASSERT_TRUE((*sink)->Commit(Mark(3)).ok());
  std::set<std::string> keys;
  for (const KafkaMessage& message : kafka_.Read(3)) keys.insert(message.key);
  EXPECT_EQ(keys, (std::set<std::string>{"10.0.0.7", "198.51.100.2", "10.0.0.8"}));
}

TEST_F(KafkaSinkTest, AStreamThatTheBrokersDoNotKnowBeginsAtTheBeginning) {
  auto sink = Open();
  ASSERT_TRUE(sink.ok()) << sink.status();
  EXPECT_EQ((*sink)->resumed(), StreamMark());
}

TEST_F(KafkaSinkTest, GoesOnFromTheMarkThatTheGroupsOffsetHolds) {
  kafka_.KeepOffset("stanflow-s1", 300, FormatStreamMark(Mark(300)));
  kafka_.KeepOffset("stanflow-s2", 400, FormatStreamMark(Mark(400)));
  auto sink = Open();
  ASSERT_TRUE(sink.ok()) << sink.status();
  EXPECT_EQ((*sink)->resumed(), Mark(300));
}

TEST_F(KafkaSinkTest, AnOffsetThatIsNoMarksIsDataLoss) {
  kafka_.KeepOffset("stanflow-s1", 300, "somebody else's");
  EXPECT_TRUE(absl::IsDataLoss(Open().status())) << Open().status();
  kafka_.KeepOffset("stanflow-s1", 301, FormatStreamMark(Mark(300)));
  EXPECT_TRUE(absl::IsDataLoss(Open().status())) << Open().status();
}

TEST_F(KafkaSinkTest, BrokersThatForgotTheMarkAreToldFromANewStream) {
  {
    auto sink = Open();
    ASSERT_TRUE(sink.ok()) << sink.status();
    ASSERT_TRUE((*sink)->Write(SomeFlows(7), 0, 7).ok());
    ASSERT_TRUE((*sink)->Commit(Mark(7)).ok());
  }
  // The mock keeps no offset that comes in a transaction: to the sink that is as if it had expired.
  const auto again = Open();
  EXPECT_TRUE(absl::IsDataLoss(again.status())) << again.status();
  EXPECT_THAT(std::string(again.status().message()), HasSubstr("offsets.retention.minutes"));
  kafka_.KeepOffset("stanflow-s1", 7, FormatStreamMark(Mark(7)));
  EXPECT_TRUE(Open().ok());
}

TEST_F(KafkaSinkTest, ADamagedMarkNamesItsFileAndTheMend) {
  const std::string path = state_.Write("kafka_mark.json", "");
  EXPECT_EQ(Open().status(), absl::DataLossError(StrCat(path, " is damaged: '' marks no place in a stream; ",
                                                        "start the stream anew")));
}

TEST_F(KafkaSinkTest, AFlowThatABrokerRefusesForNowIsSentAgain) {
  const FlowTable flows = SomeFlows(100);
  auto sink = Open();
  ASSERT_TRUE(sink.ok()) << sink.status();
  kafka_.Refuse(kProduce, {RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT});
  ASSERT_TRUE((*sink)->Write(flows, 0, 100).ok());
  ASSERT_TRUE((*sink)->Commit(Mark(100)).ok());
  EXPECT_EQ((*sink)->counts().flows, 100u);
  EXPECT_EQ(kafka_.Read(100).size(), 100u);
}

TEST_F(KafkaSinkTest, AFlowThatABrokerRefusesForGoodFailsTheTransaction) {
  auto sink = Open();
  ASSERT_TRUE(sink.ok()) << sink.status();
  kafka_.Refuse(kProduce, std::vector<rd_kafka_resp_err_t>(9, RD_KAFKA_RESP_ERR_INVALID_RECORD));
  ASSERT_TRUE((*sink)->Write(SomeFlows(1), 0, 1).ok());
  const absl::Status status = (*sink)->Commit(Mark(1));
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_EQ((*sink)->counts().flows, 0u);
  EXPECT_EQ((*sink)->counts().errors, 1u);
}

TEST_F(KafkaSinkTest, ATransactionThatTheBrokersVoidIsUnavailable) {
  auto sink = Open();
  ASSERT_TRUE(sink.ok()) << sink.status();
  kafka_.Refuse(kAddOffsetsToTxn, {RD_KAFKA_RESP_ERR_UNKNOWN});
  ASSERT_TRUE((*sink)->Write(SomeFlows(3), 0, 3).ok());
  const absl::Status status = (*sink)->Commit(Mark(3));
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
}

TEST_F(KafkaSinkTest, AWriteIntoAVoidTransactionSaysWhyItIsVoid) {
  auto sink = Open();
  ASSERT_TRUE(sink.ok()) << sink.status();
  kafka_.Refuse(kAddPartitionsToTxn, {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED});
  absl::Status status = (*sink)->Write(SomeFlows(3), 0, 3);
  while (status.ok()) status = (*sink)->Write(SomeFlows(3), 0, 3);
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("must let this client read and write the topic"));
}

TEST_F(KafkaSinkTest, AStreamThatAnotherProcessTookOverIsLeftToIt) {
  auto sink = Open();
  ASSERT_TRUE(sink.ok()) << sink.status();
  kafka_.Refuse(kEndTxn, {RD_KAFKA_RESP_ERR_PRODUCER_FENCED});
  ASSERT_TRUE((*sink)->Write(SomeFlows(3), 0, 3).ok());
  const absl::Status status = (*sink)->Commit(Mark(3));
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("another process"));
  EXPECT_FALSE((*sink)->Write(SomeFlows(3), 0, 3).ok());
}

TEST_F(KafkaSinkTest, AMarkThatIsTooLongForTheBrokersNamesTheirSetting) {
  auto sink = Open();
  ASSERT_TRUE(sink.ok()) << sink.status();
  kafka_.Refuse(kTxnOffsetCommit, {RD_KAFKA_RESP_ERR_OFFSET_METADATA_TOO_LARGE});
  const absl::Status status = (*sink)->Commit(Mark(1));
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("offset.metadata.max.bytes"));
}

TEST_F(KafkaSinkTest, ATopicThatIsNotThereIsNotFoundOnceThePatienceIsOver) {
  kafka_.RefuseTopic(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
  clock_step_ = std::chrono::seconds(20);
  const auto sink = Open();
  EXPECT_TRUE(absl::IsNotFound(sink.status())) << sink.status();
}

TEST_F(KafkaSinkTest, BrokersThatAreGoneForLongerThanThePatienceAreUnavailable) {
  clock_step_ = std::chrono::seconds(20);
  kafka_.SetDown();
  const auto sink = Open();
  EXPECT_TRUE(absl::IsUnavailable(sink.status())) << sink.status();
  EXPECT_THAT(std::string(sink.status().message()), HasSubstr("the newest error: "));
}

TEST_F(KafkaSinkTest, BrokersThatGoAwayFailTheCommitOnceThePatienceIsOver) {
  auto sink = Open();
  ASSERT_TRUE(sink.ok()) << sink.status();
  clock_step_ = std::chrono::seconds(20);
  kafka_.SetDown();
  ASSERT_TRUE((*sink)->Write(SomeFlows(3), 0, 3).ok());
  const absl::Status status = (*sink)->Commit(Mark(3));
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_EQ((*sink)->counts().flows, 0u);
}

TEST_F(KafkaSinkTest, AStopEndsTheWaitForBrokersAndForRoom) {
  auto sink = Open();
  ASSERT_TRUE(sink.ok()) << sink.status();
  kafka_.SetDown();
  stop_ = true;
  EXPECT_TRUE(absl::IsCancelled(Open().status()));
  const FlowTable flows = SomeFlows(kMoreThanTheQueue);
  const absl::Status status = (*sink)->Write(flows, 0, flows.size());
  EXPECT_TRUE(absl::IsCancelled(status)) << status;
}

TEST_F(KafkaSinkTest, FlowsWaitForRoomUntilThePatienceIsOver) {
  auto sink = Open();
  ASSERT_TRUE(sink.ok()) << sink.status();
  kafka_.SetDown();
  clock_step_ = std::chrono::seconds(20);
  const FlowTable flows = SomeFlows(kMoreThanTheQueue);
  const absl::Status status = (*sink)->Write(flows, 0, flows.size());
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_GE((*sink)->counts().waited, std::chrono::seconds(30));
  EXPECT_EQ((*sink)->counts().dropped_flows, 0u);
}

TEST_F(KafkaSinkTest, FlowsThatFindNoRoomAreDroppedAndCountedWhereThatIsAskedFor) {
  SinkOptions options = Options();
  options.when_full = WhenFull::kDrop;
  auto sink = OpenKafkaSink(kafka_.Url(), options, &clock_);
  ASSERT_TRUE(sink.ok()) << sink.status();
  kafka_.SetDown();
  const FlowTable flows = SomeFlows(kMoreThanTheQueue);
  ASSERT_TRUE((*sink)->Write(flows, 0, flows.size()).ok());
  EXPECT_EQ((*sink)->counts().dropped_flows, 100u);
  kafka_.SetUp();
  ASSERT_TRUE((*sink)->Commit(Mark(kMoreThanTheQueue)).ok());
  EXPECT_EQ((*sink)->counts().flows, kMoreThanTheQueue - 100);
  EXPECT_EQ((*sink)->counts().waited, std::chrono::nanoseconds(0));
}

}  // namespace
}  // namespace stanflow
