#include "core/flow/host_row.h"

#include "gtest/gtest.h"

namespace stanflow {
namespace {

constexpr uint32_t kHome = 0x0A010001, kRemote = 0xC0000201;

Flow Outgoing() { return {10'500, 250, kHome, kRemote, 40000, 443, 6, 27, 8, 12, 3456}; }

TEST(HostRow, SeesAnOutgoingFlowFromItsSource) {
  const HostRow row = ToHostRow(Outgoing(), /*home_is_source=*/true, 0);
  EXPECT_EQ(row.direction, 0);
  EXPECT_EQ(row.remote_address, kRemote);
  EXPECT_EQ(row.local_port, 40000);
  EXPECT_EQ(row.remote_port, 443);
}

TEST(HostRow, SeesAnIncomingFlowFromItsDestination) {
  const HostRow row = ToHostRow(Outgoing(), /*home_is_source=*/false, 0);
  EXPECT_EQ(row.direction, 1);
  EXPECT_EQ(row.remote_address, kHome);
  EXPECT_EQ(row.local_port, 443);
  EXPECT_EQ(row.remote_port, 40000);
}

TEST(HostRow, LeadsBackToTheFlowInBothDirections) {
  EXPECT_TRUE(ToFlow(ToHostRow(Outgoing(), true, 0), kHome) == Outgoing());
  EXPECT_TRUE(ToFlow(ToHostRow(Outgoing(), false, 0), kRemote) == Outgoing());
}

TEST(HostRow, CountsTheClocksWholeSecondsSinceThePreviousRow) {
  const auto delta = [](int64_t previous_ms, int64_t end_ms) {
    Flow flow = Outgoing();
    flow.end_ms = end_ms;
    return ToHostRow(flow, true, previous_ms).time_delta_s;
  };
  EXPECT_EQ(delta(10'000, 10'999), 0u);
  EXPECT_EQ(delta(10'999, 11'000), 1u);
  EXPECT_EQ(delta(7'000, 10'000), 3u);
  EXPECT_EQ(delta(-500, 0), 1u);
  EXPECT_EQ(delta(20'000, 10'000), 0u) << "a clock that ran back is no time passed";
}

TEST(HostRow, DeltasOfASequenceAddUpToItsClock) {
  int64_t previous = 3'600'000;
  uint64_t sum = 0;
  for (const int64_t end : {3'600'900, 3'601'100, 3'605'999, 3'606'000}) {
    Flow flow = Outgoing();
    flow.end_ms = end;
    sum += ToHostRow(flow, true, previous).time_delta_s;
    previous = end;
  }
  EXPECT_EQ(sum, 6u);
}

TEST(HostRow, SetThenGetIsTheValueForEveryAttribute) {
  for (int i = 0; i < kNumAttributes; ++i) {
    HostRow row;
    const auto attribute = static_cast<Attribute>(i);
    row.Set(attribute, 1 + static_cast<uint64_t>(i));
    for (int j = 0; j < kNumAttributes; ++j) {
      EXPECT_EQ(row.Get(static_cast<Attribute>(j)), i == j ? 1u + static_cast<uint64_t>(i) : 0u);
    }
  }
}

}  // namespace
}  // namespace stanflow
