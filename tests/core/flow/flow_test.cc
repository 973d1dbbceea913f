#include "core/flow/flow.h"

#include "core/flow/attribute.h"
#include "core/flow/flow_reader.h"
#include "gtest/gtest.h"

namespace stanflow {
namespace {

Flow Example() { return {1460332898123, 6004, 0x0A010001, 0xC0000201, 1234, 53, 17, 27, 64, 5, 600}; }

TEST(FlowTable, GivesBackTheRowsThatWereAppended) {
  FlowTable table;
  Flow second = Example();
  second.bytes = ~uint64_t{0};
  table.Append(Example());
  table.Append(second);
  ASSERT_EQ(table.size(), 2u);
  EXPECT_TRUE(table.Row(0) == Example());
  EXPECT_TRUE(table.Row(1) == second);
  EXPECT_FALSE(table.Row(0) == second);
  table.Clear();
  EXPECT_EQ(table.size(), 0u);
  EXPECT_TRUE(table.packets.empty());
}

TEST(FlowBatch, ClearForgetsRowsLinesAndRejects) {
  FlowBatch batch;
  batch.flows.Append(Example());
  batch.lines.push_back(1);
  batch.rejected.push_back({2, "bad"});
  batch.Clear();
  EXPECT_EQ(batch.flows.size() + batch.lines.size() + batch.rejected.size(), 0u);
}

TEST(Attribute, EveryNameLeadsBackToItsAttribute) {
  for (int i = 0; i < kNumAttributes; ++i) {
    const auto attribute = static_cast<Attribute>(i);
    EXPECT_EQ(AttributeFromName(AttributeName(attribute)), attribute);
  }
  EXPECT_EQ(AttributeFromName("label"), std::nullopt);
}

}  // namespace
}  // namespace stanflow
