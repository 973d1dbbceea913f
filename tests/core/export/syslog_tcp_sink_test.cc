#include "core/export/syslog_tcp_sink.h"

#include <algorithm>
#include <set>

#include "core/base/strings.h"
#include "gmock/gmock.h"
#include "tests/core/export/sink_testing.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

class SyslogTcpSinkTest : public ::testing::Test {
 protected:
  SyslogTcpSinkTest() {
    options_.state_dir = dir_.path();
    options_.stream_id = "jobs/1";
    Listen();
  }
  // On the same port each time.
  void Listen() {
    listener_ = Bound(SOCK_STREAM, port_);
    ASSERT_EQ(::listen(listener_.fd(), 5), 0);
    port_ = PortOf(listener_);
  }
  TestSocket Accept() const { return TestSocket(::accept(listener_.fd(), nullptr, nullptr)); }
  std::unique_ptr<FlowSink> Open() {
    return OpenSyslogTcpSink({{"127.0.0.1", port_}, SyslogTransport::kTcp}, options_, &clock_).value();
  }
  // What has come over a connection, as it is; waits for nothing.
  static std::string Take(const TestSocket& peer) {
    std::string taken, piece(65536, '\0');
    while (true) {
      const ssize_t octets = ::recv(peer.fd(), piece.data(), piece.size(), MSG_DONTWAIT);
      if (octets <= 0) return taken;
      taken.append(piece, 0, static_cast<size_t>(octets));
    }
  }
  // Waits for the end.
  static std::string TakeToEnd(const TestSocket& peer) {
    std::string taken, piece(65536, '\0');
    ssize_t octets;
    while ((octets = ::recv(peer.fd(), piece.data(), piece.size(), 0)) > 0) {
      taken.append(piece, 0, static_cast<size_t>(octets));
    }
    EXPECT_EQ(octets, 0);
    return taken;
  }
  // The numbers of the flows in whole lines.
  static std::vector<uint64_t> FlowsIn(const std::string& text) {
    std::vector<uint64_t> numbers;
    for (size_t begin = 0, end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
      const std::string line = text.substr(begin, end - begin);
      EXPECT_EQ(line.rfind("<134>1 ", 0), 0u) << line;
      const size_t at = line.find(" in=");
      if (at == std::string::npos) {
        ADD_FAILURE() << line;
      } else {
        numbers.push_back(std::stoull(line.substr(at + 4)));
      }
    }
    return numbers;
  }

  TempDir dir_;
  SinkOptions options_;
  ManualClock clock_;
  uint16_t port_ = 0;
  TestSocket listener_;
};

TEST_F(SyslogTcpSinkTest, WritesALineAFlow) {
  const auto sink = Open();
  ASSERT_TRUE(sink->Write(NumberedFlows(0, 100), 0, 100).ok());
  ASSERT_TRUE(sink->Commit(MarkAt(100)).ok());
  const std::string text = Take(Accept());
  EXPECT_EQ(FlowsIn(text), Numbers(0, 100));
  EXPECT_EQ(text.back(), '\n');
  EXPECT_EQ(sink->counts().flows, 100u);
  EXPECT_EQ(sink->counts().bytes, text.size());
  EXPECT_EQ(sink->counts().errors, 0u);
}

TEST_F(SyslogTcpSinkTest, ConnectsAgainAndSendsAgainWhatWasNotAcknowledged) {
  const auto sink = Open();
  std::set<uint64_t> taken;
  for (uint64_t i = 0; i < 5; ++i) {
    ASSERT_TRUE(sink->Write(NumberedFlows(100 * i, 100 * i + 100), 0, 100).ok());
    ASSERT_TRUE(sink->Commit(MarkAt(100 * i + 100)).ok());
    const TestSocket peer = Accept();  // and close it
    for (const uint64_t number : FlowsIn(Take(peer))) taken.insert(number);
  }
  // The last connection may have been closed before what was written to it was taken: the next one has it.
  ASSERT_TRUE(sink->Write(NumberedFlows(500, 501), 0, 1).ok());
  ASSERT_TRUE(sink->Commit(MarkAt(501)).ok());
  EXPECT_EQ(sink->counts().flows, 501u);
  EXPECT_GE(sink->counts().errors, 5u);
  EXPECT_EQ(taken.size(), 500u);
}

TEST_F(SyslogTcpSinkTest, NoLineIsLostWhenAConnectionBreaksWithinOne) {
  int asked = 0;
  std::vector<std::string> parts;
  TestSocket peer;
  options_.stop_requested = [&] {
    // When the sink first has to wait, because the peer's buffers are full, it takes a megabyte and a bit of
    // a line, and when they are full again it is gone.
    if (++asked == 1) {
      peer = Accept();
      std::string some(1'000'001, '\0');
      some.resize(static_cast<size_t>(::recv(peer.fd(), some.data(), some.size(), MSG_WAITALL)));
      parts.push_back(some);
      return false;
    }
    if (asked == 2) {
      peer = TestSocket();
      return false;
    }
    // Then it is there again and takes everything.
    if (peer.fd() < 0) {
      pollfd waiting = {listener_.fd(), POLLIN, 0};
      if (::poll(&waiting, 1, 0) == 1) {
        peer = Accept();
        parts.emplace_back();
      }
    }
    if (peer.fd() >= 0) parts.back() += Take(peer);
    return false;
  };
  const auto sink = Open();
  constexpr uint64_t kRows = 60'000;  // 20 MB: more than the kernel keeps
  ASSERT_TRUE(sink->Write(NumberedFlows(0, kRows), 0, kRows).ok());
  if (peer.fd() < 0) {
    peer = Accept();
    parts.emplace_back();
  }
  ASSERT_TRUE(sink->Commit(MarkAt(kRows)).ok());
  parts.back() += Take(peer);
  ASSERT_EQ(parts.size(), 2u);
  const std::vector<uint64_t> first = FlowsIn(parts[0]), second = FlowsIn(parts[1]);
  // What the peer's kernel had acknowledged but its program had not read is TCP's to lose: the second
  // connection begins there, and from there on every flow is in it, once.
  ASSERT_FALSE(second.empty());
  EXPECT_GT(first.size(), 1000u);
  EXPECT_EQ(first, Numbers(0, first.size()));
  EXPECT_EQ(second, Numbers(second.front(), kRows));
  EXPECT_GT(second.front(), 0u);
  EXPECT_EQ(sink->counts().flows, kRows);
  EXPECT_GE(sink->counts().errors, 1u);
}

TEST_F(SyslogTcpSinkTest, APeerThatIsGoneIsWaitedForAsLongAsPatienceLasts) {
  listener_ = TestSocket();
  options_.patience = std::chrono::seconds(5);
  const auto sink = Open();
  const absl::Status status = sink->Write(NumberedFlows(0, 1), 0, 1);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr(StrCat("no connection to 127.0.0.1:", port_,
                               ": Connection refused; given up after 5000 ms")));
  EXPECT_GE(sink->counts().errors, 10u);
  EXPECT_GE(sink->counts().waited, std::chrono::seconds(5));
  EXPECT_EQ(sink->counts().flows, 0u);
}

TEST_F(SyslogTcpSinkTest, APeerThatComesBackInTimeGetsEverything) {
  listener_ = TestSocket();
  int asked = 0;
  options_.stop_requested = [&] {
    if (++asked == 3) Listen();
    return false;
  };
  const auto sink = Open();
  ASSERT_TRUE(sink->Write(NumberedFlows(0, 10), 0, 10).ok());
  ASSERT_TRUE(sink->Commit(MarkAt(10)).ok());
  EXPECT_EQ(FlowsIn(Take(Accept())), Numbers(0, 10));
}

TEST_F(SyslogTcpSinkTest, WhileNobodyIsThereFlowsAreDroppedIfSoWishedUntilPatienceIsOver) {
  listener_ = TestSocket();
  options_.when_full = WhenFull::kDrop;
  options_.patience = std::chrono::seconds(5);
  const auto sink = Open();
  ASSERT_TRUE(sink->Write(NumberedFlows(0, 10), 0, 10).ok());
  clock_.Advance(std::chrono::seconds(3));
  ASSERT_TRUE(sink->Write(NumberedFlows(10, 20), 0, 10).ok());
  EXPECT_EQ(sink->counts().dropped_flows, 20u);
  clock_.Advance(std::chrono::seconds(3));
  EXPECT_EQ(sink->Write(NumberedFlows(20, 30), 0, 10).code(), absl::StatusCode::kUnavailable);
}

TEST_F(SyslogTcpSinkTest, ALineThatIsHalfOutIsCompletedWhenTheRestIsDropped) {
  options_.when_full = WhenFull::kDrop;
  auto sink = Open();
  constexpr uint64_t kRows = 60'000;
  ASSERT_TRUE(sink->Write(NumberedFlows(0, kRows), 0, kRows).ok());
  const uint64_t dropped = sink->counts().dropped_flows;
  ASSERT_GT(dropped, 0u);
  const TestSocket peer = Accept();
  std::string text;
  uint64_t taken = sink->counts().flows;
  EXPECT_EQ(taken + dropped, kRows);
  // Until there is room again.
  uint64_t more = 0;
  while (sink->counts().flows == taken) {
    text += Take(peer);
    ASSERT_TRUE(sink->Write(NumberedFlows(kRows, kRows + 1), 0, 1).ok());
    ++more;
  }
  taken = sink->counts().flows;
  EXPECT_EQ(taken + sink->counts().dropped_flows, kRows + more);
  sink.reset();
  text += TakeToEnd(peer);
  EXPECT_EQ(text.back(), '\n');
  const std::vector<uint64_t> numbers = FlowsIn(text);
  EXPECT_EQ(numbers.size(), taken);
  EXPECT_EQ(numbers.back(), kRows);
}

constexpr uint64_t kTooMany = 60'000;

// More flows than a peer that does not read has room for; what became of them.
SinkCounts WriteTooMany(FlowSink* sink) {
  EXPECT_TRUE(sink->Write(NumberedFlows(0, kTooMany), 0, kTooMany).ok());
  EXPECT_TRUE(sink->Commit(MarkAt(kTooMany)).ok());
  return sink->counts();
}

TEST_F(SyslogTcpSinkTest, WhatCountsAsSentArrivesBeforeTheEndThoughTheConnectionBreaks) {
  options_.when_full = WhenFull::kDrop;
  TestSocket peer;
  bool finishing = false;
  std::string text;
  options_.stop_requested = [&] {
    EXPECT_TRUE(finishing) << "it waits";
    pollfd waiting = {listener_.fd(), POLLIN, 0};
    if (peer.fd() < 0 && ::poll(&waiting, 1, 0) == 1) peer = Accept();
    if (peer.fd() >= 0) text += Take(peer);
    return false;
  };
  const auto sink = Open();
  const SinkCounts before = WriteTooMany(sink.get());
  ASSERT_GT(before.dropped_flows, 0u);
  // Closed with what its program has not read, and some lines are not with its kernel.
  Accept();
  finishing = true;
  ASSERT_TRUE(sink->Finish().ok());
  text += Take(peer);
  EXPECT_EQ(text.back(), '\n');
  const std::vector<uint64_t> numbers = FlowsIn(text);
  ASSERT_FALSE(numbers.empty());
  EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end()));
  EXPECT_EQ(sink->counts().flows, before.flows);
  EXPECT_EQ(sink->counts().dropped_flows, before.dropped_flows);
}

TEST_F(SyslogTcpSinkTest, WhatIsNotAcknowledgedWhenPatienceIsOverWasDroppedAndNotSent) {
  options_.when_full = WhenFull::kDrop;
  options_.patience = std::chrono::seconds(5);
  options_.stop_requested = [&] {
    clock_.Advance(std::chrono::seconds(1));
    return false;
  };
  const auto sink = Open();
  const SinkCounts before = WriteTooMany(sink.get());
  ASSERT_TRUE(sink->Finish().ok());
  const SinkCounts counts = sink->counts();
  EXPECT_EQ(counts.flows + counts.dropped_flows, kTooMany);
  EXPECT_GT(counts.dropped_flows, before.dropped_flows);
  EXPECT_LT(counts.bytes, before.bytes);
  // The peer's kernel has at least what is said to have come.
  EXPECT_GE(FlowsIn(Take(Accept())).size(), counts.flows);
}

TEST_F(SyslogTcpSinkTest, NothingIsDroppedWhileTheFirstConnectionIsBeingMade) {
  ASSERT_EQ(::listen(listener_.fd(), 0), 0);
  // The peer answers no one else while these are not accepted.
  std::vector<TestSocket> before;
  for (int i = 0; i < 2; ++i) {
    before.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port_);
    ::connect(before.back().fd(), reinterpret_cast<sockaddr*>(&address), sizeof(address));
  }
  options_.when_full = WhenFull::kDrop;
  int asked = 0;
  options_.stop_requested = [&asked] { return ++asked == 2; };
  const auto sink = Open();
  EXPECT_EQ(sink->Write(NumberedFlows(0, 10), 0, 10).code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(sink->counts().dropped_flows, 0u);
}

TEST_F(SyslogTcpSinkTest, AHostThatIsNoneIsRefusedAtOnce) {
  const auto sink =
      OpenSyslogTcpSink({{std::string(100, 'a'), 514}, SyslogTransport::kTcp}, options_, &clock_);
  EXPECT_EQ(sink.status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace stanflow
