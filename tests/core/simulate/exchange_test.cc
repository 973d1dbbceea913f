#include "core/simulate/exchange.h"

#include <vector>

#include "core/flow/protocol.h"
#include "core/flow/tcp_flags.h"
#include "gtest/gtest.h"

namespace stanflow {
namespace {

constexpr Endpoint kClient = {0x0A010001, 40000}, kServer = {0xC6336401, 443};

std::vector<Flow> Drain(FlowQueue* queue) {
  std::vector<Flow> flows;
  for (; !queue->empty(); queue->Pop()) flows.push_back(queue->front());
  return flows;
}

std::vector<Flow> Tcp(TcpExchange exchange) {
  exchange.client = kClient;
  exchange.server = kServer;
  Random random(1, 1, 1);
  FlowQueue queue;
  Emit(exchange, &random, &queue);
  return Drain(&queue);
}

TEST(FlowQueue, GivesFlowsByEndTimeAndEqualOnesAsTheyCame) {
  FlowQueue queue;
  for (const auto& [end_ms, tos] : {std::pair(5, 1), std::pair(3, 2), std::pair(5, 3), std::pair(3, 4)}) {
    Flow flow;
    flow.end_ms = end_ms;
    flow.tos = static_cast<uint8_t>(tos);
    queue.Add(flow);
  }
  std::vector<int> order;
  for (const Flow& flow : Drain(&queue)) order.push_back(flow.tos);
  EXPECT_EQ(order, (std::vector<int>{2, 4, 1, 3}));
}

TEST(Exchange, ATcpConnectionIsAFlowEachWayWithItsHandshakesFlags) {
  TcpExchange exchange;
  exchange.start_ms = 1000;
  exchange.duration_ms = 500;
  exchange.up_bytes = 700;
  exchange.down_bytes = 100'000;
  const auto flows = Tcp(exchange);
  ASSERT_EQ(flows.size(), 2u);
  const Flow& up = flows[0].source_address == kClient.address ? flows[0] : flows[1];
  const Flow& down = flows[0].source_address == kClient.address ? flows[1] : flows[0];
  EXPECT_EQ(up.destination_port, 443);
  EXPECT_EQ(down.source_port, 443);
  EXPECT_EQ(up.duration_ms, 500u);
  EXPECT_EQ(up.end_ms, 1500);
  EXPECT_LE(down.end_ms, up.end_ms);
  EXPECT_EQ(up.tcp_flags, kSyn | kAck | kPsh | kFin);
  EXPECT_GT(down.bytes, 100'000u);
  EXPECT_GT(down.packets, 69u);
}

TEST(Exchange, AnOpenConnectionHasNoFinAndAResetOneHasAReset) {
  TcpExchange exchange;
  exchange.duration_ms = 100;
  exchange.up_bytes = exchange.down_bytes = 10;
  exchange.ending = Ending::kOpen;
  for (const Flow& flow : Tcp(exchange)) EXPECT_EQ(flow.tcp_flags & (kFin | kRst), 0);
  exchange.ending = Ending::kReset;
  int resets = 0;
  for (const Flow& flow : Tcp(exchange)) resets += (flow.tcp_flags & kRst) != 0;
  EXPECT_GE(resets, 1);
}

TEST(Exchange, ALongConnectionIsCutAfterTheActiveTimeoutAndLosesNothing) {
  TcpExchange exchange;
  exchange.start_ms = 1000;
  exchange.duration_ms = 5 * kActiveTimeoutMs + 123;
  exchange.up_bytes = 1'000'003;
  exchange.down_bytes = 7;
  TcpExchange shorter = exchange;
  shorter.duration_ms = 1000;
  const auto total = [](const std::vector<Flow>& flows) {
    std::pair<uint64_t, uint64_t> sum;
    for (const Flow& flow : flows) sum = {sum.first + flow.packets, sum.second + flow.bytes};
    return sum;
  };
  const auto flows = Tcp(exchange);
  EXPECT_GE(flows.size(), 11u);
  EXPECT_EQ(total(flows), total(Tcp(shorter)));
  int starts = 0, ends = 0;
  for (const Flow& flow : flows) {
    EXPECT_LE(flow.duration_ms, kActiveTimeoutMs);
    EXPECT_GE(flow.end_ms - flow.duration_ms, exchange.start_ms);
    starts += (flow.tcp_flags & kSyn) != 0;
    ends += (flow.tcp_flags & kFin) != 0;
  }
  EXPECT_EQ(starts, 2);
  EXPECT_EQ(ends, 2);
}

TEST(Exchange, AUdpQuestionAndItsAnswerAreOnePacketEachWithoutDuration) {
  UdpExchange exchange;
  exchange.client = kClient;
  exchange.server = {kServer.address, 53};
  exchange.start_ms = 1000;
  exchange.duration_ms = 30;
  exchange.up_size = 60;
  exchange.down_size = 200;
  FlowQueue queue;
  Emit(exchange, &queue);
  const auto flows = Drain(&queue);
  ASSERT_EQ(flows.size(), 2u);
  EXPECT_EQ(flows[0].destination_port, 53);
  EXPECT_EQ(flows[0].end_ms, 1000);
  EXPECT_EQ(flows[0].bytes, 60u);
  EXPECT_EQ(flows[1].source_port, 53);
  EXPECT_EQ(flows[1].end_ms, 1030);
  EXPECT_EQ(flows[0].duration_ms + flows[1].duration_ms, 0u);
}

}  // namespace
}  // namespace stanflow
