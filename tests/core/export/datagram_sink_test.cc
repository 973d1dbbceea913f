#include "core/export/datagram_sink.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "core/base/strings.h"
#include "core/export/collector_sink.h"
#include "core/export/netflow9.h"
#include "gmock/gmock.h"
#include "tests/core/export/sink_testing.h"
#include "tests/core/export/template_decoder.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

constexpr DatagramFormat kNetFlow9 = {
    "netflow9",
    [](uint32_t exporter, uint32_t sequence, size_t) -> absl::StatusOr<std::unique_ptr<DatagramEncoder>> {
      NetFlow9Options options;
      options.source_id = exporter;
      options.first_sequence = sequence;
      return NewNetFlow9Encoder(options);
    }};

class DatagramSinkTest : public ::testing::Test {
 protected:
  DatagramSinkTest() {
    options_.state_dir = dir_.path();
    options_.stream_id = "jobs/1";
    options_.home = Cidr::Parse("10.0.0.0/16").value();
  }

  absl::StatusOr<std::unique_ptr<FlowSink>> Open() {
    return OpenCollectorSink({CollectorProtocol::kNetFlow9, {"127.0.0.1", PortOf(receiver_)}}, options_,
                             &clock_);
  }
  // A sink whose peer takes nothing once the socket between them is full.
  absl::StatusOr<std::unique_ptr<FlowSink>> OpenLocal() {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
    receiver_ = TestSocket(ends[1]);
    const auto connect = [&]() -> absl::StatusOr<DatagramSender> {
      return DatagramSender(ends[0], "the test");
    };
    return OpenDatagramSink(kNetFlow9, connect, options_, &clock_);
  }

  TempDir dir_;
  SinkOptions options_;
  ManualClock clock_;
  TestSocket receiver_ = Bound(SOCK_DGRAM);
};

TEST_F(DatagramSinkTest, AFlowLeavesByTheExporterOfItsHomeHost) {
  options_.exporters = 3;
  FlowTable flows;
  Flow flow = ExampleFlow();
  const uint32_t stranger = 0xC6336407, home = 0x0A000000;
  for (const auto& [source, destination] :
       {std::pair(home + 4, stranger), std::pair(stranger, home + 5), std::pair(home + 8, home + 6),
        std::pair(stranger, stranger + 1)}) {
    flow.source_address = source;
    flow.destination_address = destination;
    flows.Append(flow);
  }
  auto sink = Open();
  ASSERT_TRUE(sink.ok()) << sink.status();
  ASSERT_TRUE((*sink)->Write(flows, 0, flows.size()).ok());
  ASSERT_TRUE((*sink)->Commit(MarkAt(4)).ok());
  std::map<uint32_t, std::vector<uint32_t>> sources;
  for (const std::string& datagram : TakeDatagrams(receiver_)) {
    const DecodedMessage message = TemplateDecoder().Decode(datagram);
    for (const Flow& taken : message.flows) sources[message.domain].push_back(taken.source_address);
  }
  EXPECT_EQ(sources, (std::map<uint32_t, std::vector<uint32_t>>{
                         {0, {stranger}}, {1, {home + 4}}, {2, {stranger, home + 8}}}));
}

TEST_F(DatagramSinkTest, EveryExportersSequenceGoesOnWhereTheNewestCommitLeftIt) {
  options_.exporters = 7;
  for (uint64_t i = 0; i < 3; ++i) {
    auto sink = Open();
    ASSERT_TRUE(sink.ok()) << sink.status();
    EXPECT_EQ((*sink)->resumed().rows, 700 * i);
    ASSERT_TRUE((*sink)->Write(NumberedFlows(700 * i, 700 * (i + 1)), 0, 700).ok());
    ASSERT_TRUE((*sink)->Commit(MarkAt(700 * (i + 1))).ok());
  }
  std::map<uint32_t, uint32_t> next;
  size_t flows = 0;
  for (const std::string& datagram : TakeDatagrams(receiver_)) {
    const DecodedMessage message = TemplateDecoder().Decode(datagram);
    EXPECT_EQ(message.sequence, next[message.domain]++);
    flows += message.flows.size();
  }
  EXPECT_EQ(next.size(), 7u);
  EXPECT_EQ(flows, 2100u);
}

TEST_F(DatagramSinkTest, AnotherNumberOfExportersDoesNotGoOn) {
  ASSERT_TRUE((*Open())->Commit(MarkAt(0)).ok());
  options_.exporters = 2;
  EXPECT_EQ(Open().status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(DatagramSinkTest, ThatNobodyListensIsCountedAndStopsNothing) {
  auto sink = Open();
  ASSERT_TRUE(sink.ok());
  receiver_ = TestSocket();
  for (uint64_t i = 0; i < 5; ++i) {
    ASSERT_TRUE((*sink)->Write(NumberedFlows(0, 100), 0, 100).ok());
    ASSERT_TRUE((*sink)->Commit(MarkAt(100 * (i + 1))).ok());
  }
  EXPECT_EQ((*sink)->counts().flows, 500u);
  EXPECT_GT((*sink)->counts().errors, 0u);
}

TEST_F(DatagramSinkTest, CountersBeyondTheFormatAreCounted) {
  auto sink =
      OpenCollectorSink({CollectorProtocol::kNetFlow5, {"127.0.0.1", PortOf(receiver_)}}, options_, &clock_);
  ASSERT_TRUE(sink.ok());
  FlowTable flows = NumberedFlows(0, 3);
  flows.bytes[1] = uint64_t{1} << 32;
  ASSERT_TRUE((*sink)->Write(flows, 0, 3).ok());
  ASSERT_TRUE((*sink)->Commit(MarkAt(3)).ok());
  EXPECT_EQ((*sink)->counts().clamped_values, 1u);
}

TEST_F(DatagramSinkTest, DatagramsFitIntoAFrameOverIpv4AndOverIpv6) {
  TestSocket ipv6(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in6 address = {};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  socklen_t length = sizeof(address);
  if (::bind(ipv6.fd(), reinterpret_cast<sockaddr*>(&address), length) != 0) GTEST_SKIP() << "no IPv6 here";
  ASSERT_EQ(::getsockname(ipv6.fd(), reinterpret_cast<sockaddr*>(&address), &length), 0);

  for (const CollectorProtocol protocol :
       {CollectorProtocol::kNetFlow5, CollectorProtocol::kNetFlow9, CollectorProtocol::kIpfix}) {
    const auto largest = [&](const TestSocket& peer, const char* host, uint16_t port) {
      auto sink = OpenCollectorSink({protocol, {host, port}}, options_, &clock_);
      EXPECT_TRUE(sink.ok()) << sink.status();
      EXPECT_TRUE((*sink)->Write(NumberedFlows(0, 100), 0, 100).ok());
      size_t octets = 0;
      for (const std::string& datagram : TakeDatagrams(peer)) octets = std::max(octets, datagram.size());
      return octets;
    };
    // As full as another flow of at most 52 octets leaves them.
    const size_t four = largest(receiver_, "127.0.0.1", PortOf(receiver_));
    EXPECT_LE(four, 1472u);
    EXPECT_GT(four, 1472u - 52u);
    const size_t six = largest(ipv6, "::1", ntohs(address.sin6_port));
    EXPECT_LE(six, 1452u);
    EXPECT_GT(six, 1452u - 52u);
  }
}

TEST_F(DatagramSinkTest, AFullSocketIsWaitedForAndTheTimeCounted) {
  int asked = 0;
  size_t read = 0;
  options_.stop_requested = [&] {
    // The peer takes something again while the sink waits.
    if (++asked == 3) read += TakeDatagrams(receiver_).size();
    clock_.Advance(std::chrono::seconds(1));
    return false;
  };
  auto sink = OpenLocal();
  ASSERT_TRUE(sink.ok());
  uint64_t rows = 0;
  while (asked < 3) {
    ASSERT_TRUE((*sink)->Write(NumberedFlows(rows, rows + 35), 0, 35).ok());
    rows += 35;
  }
  ASSERT_TRUE((*sink)->Commit(MarkAt(rows)).ok());
  read += TakeDatagrams(receiver_).size();
  const SinkCounts counts = (*sink)->counts();
  EXPECT_EQ(counts.flows, rows);
  EXPECT_EQ(counts.dropped_flows, 0u);
  EXPECT_EQ(counts.packets, read);
  // From the first look to the third, which finds room.
  EXPECT_EQ(counts.waited, std::chrono::seconds(2));
}

TEST_F(DatagramSinkTest, APeerThatIsOnlyFullIsWaitedForLongerThanPatience) {
  int asked = 0;
  options_.stop_requested = [&] {
    clock_.Advance(options_.patience);
    return ++asked == 5;
  };
  auto sink = OpenLocal();
  ASSERT_TRUE(sink.ok());
  const FlowTable flows = NumberedFlows(0, 200'000);
  EXPECT_EQ((*sink)->Write(flows, 0, flows.size()).code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(asked, 5);
}

TEST_F(DatagramSinkTest, APeerThatIsGoneIsWaitedForAsLongAsPatienceLasts) {
  options_.patience = std::chrono::seconds(5);
  auto sink = OpenLocal();
  ASSERT_TRUE(sink.ok());
  receiver_ = TestSocket();  // sending fails from now on
  ASSERT_TRUE((*sink)->Write(NumberedFlows(0, 10), 0, 10).ok());
  const auto before = clock_.SteadyNow();
  const absl::Status status = (*sink)->Commit(MarkAt(10));
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr("can't send to the test: "));
  EXPECT_THAT(std::string(status.message()), HasSubstr("given up after 5000 ms"));
  EXPECT_EQ(clock_.SteadyNow() - before, std::chrono::seconds(5));
  EXPECT_GT((*sink)->counts().errors, 10u);
  // The mark is not kept: the flows are sent again.
  EXPECT_FALSE(std::filesystem::exists(dir_.File("position.json")));
}

}  // namespace
}  // namespace stanflow
