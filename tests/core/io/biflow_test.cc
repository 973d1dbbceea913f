#include "core/io/biflow.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace stanflow {
namespace {

using ::testing::ElementsAre;

BiflowRecord Conversation() {
  BiflowRecord record;
  record.forward = {1000, 500, 0x0A000001, 0xC0000201, 1000, 443, 6, 0x02, 8, 3, 300};
  record.reverse = Reversed(record.forward);
  record.reverse.packets = 2;
  record.reverse.bytes = 5000;
  record.reverse.tcp_flags = 0x11;
  record.reverse.tos = 4;
  return record;
}

std::string ReasonFor(const BiflowRecord& record, Biflow how = Biflow::kSplit) {
  FlowBatch batch;
  std::string reason;
  EXPECT_FALSE(AppendBiflow(record, how, 1, &batch, &reason));
  EXPECT_EQ(batch.flows.size() + batch.lines.size(), 0u) << "nothing may be appended";
  return reason;
}

TEST(Biflow, SplitsIntoOneFlowForEachDirection) {
  const BiflowRecord record = Conversation();
  FlowBatch batch;
  std::string reason;
  ASSERT_TRUE(AppendBiflow(record, Biflow::kSplit, 7, &batch, &reason)) << reason;
  ASSERT_EQ(batch.flows.size(), 2u);
  EXPECT_THAT(batch.lines, ElementsAre(7, 7));
  EXPECT_TRUE(batch.flows.Row(0) == record.forward);
  const Flow answer = {1000, 500, 0xC0000201, 0x0A000001, 443, 1000, 6, 0x11, 4, 2, 5000};
  EXPECT_TRUE(batch.flows.Row(1) == answer);
}

TEST(Biflow, KeepsBothDirectionsInOneFlowOfTheInitiator) {
  FlowBatch batch;
  std::string reason;
  ASSERT_TRUE(AppendBiflow(Conversation(), Biflow::kKeep, 7, &batch, &reason)) << reason;
  ASSERT_EQ(batch.flows.size(), 1u);
  const Flow both = {1000, 500, 0x0A000001, 0xC0000201, 1000, 443, 6, 0x13, 8, 5, 5300};
  EXPECT_TRUE(batch.flows.Row(0) == both);
}

TEST(Biflow, ADirectionWithoutPacketsIsNoFlow) {
  BiflowRecord record = Conversation();
  record.forward.packets = record.forward.bytes = 0;
  FlowBatch batch;
  std::string reason;
  ASSERT_TRUE(AppendBiflow(record, Biflow::kSplit, 1, &batch, &reason)) << reason;
  ASSERT_EQ(batch.flows.size(), 1u);
  EXPECT_TRUE(batch.flows.Row(0) == record.reverse);
}

TEST(Biflow, ARecordThatCountsNothingOrHalvesIsRejectedWithThatReason) {
  BiflowRecord record = Conversation();
  record.reverse.packets = 0;
  EXPECT_EQ(ReasonFor(record), "has bytes but no packets from the responder");
  record.reverse.bytes = 0;
  record.forward.bytes = 0;
  EXPECT_EQ(ReasonFor(record), "has packets but no bytes from the initiator");
  record.forward.packets = 0;
  EXPECT_EQ(ReasonFor(record), "has no packets in either direction");
  EXPECT_EQ(ReasonFor(record, Biflow::kKeep), "has no packets in either direction");
}

TEST(Biflow, SumsStayWithinWhatAFlowMayHave) {
  BiflowRecord record = Conversation();
  record.forward.bytes = record.reverse.bytes = kMaxFlowCount;
  FlowBatch batch;
  std::string reason;
  EXPECT_TRUE(AppendBiflow(record, Biflow::kSplit, 1, &batch, &reason)) << reason;
  EXPECT_EQ(ReasonFor(record, Biflow::kKeep),
            "has more than 281474976710656 packets or bytes in both directions together");
  record.forward.bytes = kMaxFlowCount + 1;
  EXPECT_EQ(ReasonFor(record), "has more than 281474976710656 packets or bytes from the initiator");
}

TEST(Biflow, TheAnswerToAnIcmpMessageHasItsAnswersType) {
  Flow flow = Conversation().forward;
  flow.protocol = 1;
  flow.source_port = 0;
  flow.destination_port = 8 * 256;
  EXPECT_EQ(Reversed(flow).destination_port, 0);
  flow.destination_port = 0;
  EXPECT_EQ(Reversed(flow).destination_port, 8 * 256);
  flow.destination_port = 3 * 256 + 1;
  EXPECT_EQ(Reversed(flow).destination_port, 3 * 256 + 1);
  EXPECT_EQ(Reversed(flow).source_port, 0);
}

TEST(Biflow, IsChosenByWord) {
  EXPECT_EQ(*ParseBiflow("split"), Biflow::kSplit);
  EXPECT_EQ(*ParseBiflow("keep"), Biflow::kKeep);
  EXPECT_EQ(ParseBiflow("both").status().message(), "biflow: 'both' is not known; it is one of split, keep");
}

}  // namespace
}  // namespace stanflow
