// What every sink promises, whatever takes its flows.
#include <algorithm>
#include <filesystem>
#include <functional>
#include <set>

#include "core/base/strings.h"
#include "core/export/collector_sink.h"
#include "core/export/datagram_sink.h"
#include "core/export/netflow9.h"
#include "gmock/gmock.h"
#include "tests/core/export/sink_testing.h"
#include "tests/core/export/template_decoder.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

// The other end of a sink, and the way to it.
class Peer {
 public:
  virtual ~Peer() = default;
  virtual absl::StatusOr<std::unique_ptr<FlowSink>> Open(const SinkOptions& options, const Clock* clock) = 0;
  // The numbers of all flows that came since the beginning.
  virtual std::vector<uint64_t> Taken() = 0;
};

using Numbers64 = std::vector<uint64_t>;

// Of NetFlow v5, after table B-4 of Cisco's "NetFlow Export Datagram Format".
Numbers64 NumbersOfNetFlow5(const std::string& datagram) {
  Numbers64 numbers;
  for (size_t record = 24; record < datagram.size(); record += 48) {
    numbers.push_back(OctetReader(std::string_view(datagram).substr(record + 20, 4)).U32());
  }
  return numbers;
}

Numbers64 NumbersOfTemplates(const std::string& datagram, TemplateDecoder* decoder) {
  Numbers64 numbers;
  for (const Flow& flow : decoder->Decode(datagram).flows) numbers.push_back(flow.bytes);
  return numbers;
}

// What stands behind `key` in each line.
Numbers64 NumbersOfLines(const std::string& text, const std::string& key) {
  Numbers64 numbers;
  for (size_t at = 0; (at = text.find(key, at)) != std::string::npos;) {
    numbers.push_back(std::stoull(text.substr(at += key.size(), 20)));
  }
  return numbers;
}

class UdpPeer final : public Peer {
 public:
  explicit UdpPeer(std::string scheme) : scheme_(std::move(scheme)) {}
  absl::StatusOr<std::unique_ptr<FlowSink>> Open(const SinkOptions& options, const Clock* clock) override {
    return OpenFlowSink(ParseSinkUrl(StrCat(scheme_, "://127.0.0.1:", PortOf(socket_))).value(), options,
                        clock);
  }
  Numbers64 Taken() override {
    for (const std::string& datagram : TakeDatagrams(socket_)) {
      const Numbers64 numbers = scheme_ == "syslog"     ? NumbersOfLines(datagram, " in=")
                                : scheme_ == "netflow5" ? NumbersOfNetFlow5(datagram)
                                                        : NumbersOfTemplates(datagram, &decoder_);
      taken_.insert(taken_.end(), numbers.begin(), numbers.end());
    }
    return taken_;
  }

 private:
  const std::string scheme_;
  const TestSocket socket_ = Bound(SOCK_DGRAM);
  TemplateDecoder decoder_;
  Numbers64 taken_;
};

class TcpPeer final : public Peer {
 public:
  TcpPeer() { EXPECT_EQ(::listen(socket_.fd(), 5), 0); }
  absl::StatusOr<std::unique_ptr<FlowSink>> Open(const SinkOptions& options, const Clock* clock) override {
    return OpenFlowSink(
        ParseSinkUrl(StrCat("syslog://127.0.0.1:", PortOf(socket_), "?transport=tcp")).value(), options,
        clock);
  }
  Numbers64 Taken() override {
    pollfd waiting = {socket_.fd(), POLLIN, 0};
    while (::poll(&waiting, 1, 0) == 1) {
      connections_.push_back({TestSocket(::accept(socket_.fd(), nullptr, nullptr)), ""});
    }
    Numbers64 taken;
    for (auto& [connection, text] : connections_) {
      for (const std::string& piece : TakeUntilEmpty(connection)) text += piece;
      const Numbers64 numbers = NumbersOfLines(text, " in=");
      taken.insert(taken.end(), numbers.begin(), numbers.end());
    }
    return taken;
  }

 private:
  static std::vector<std::string> TakeUntilEmpty(const TestSocket& socket) {
    std::vector<std::string> pieces;
    std::string piece(65536, '\0');
    ssize_t octets;
    while ((octets = ::recv(socket.fd(), piece.data(), piece.size(), MSG_DONTWAIT)) > 0) {
      pieces.push_back(piece.substr(0, static_cast<size_t>(octets)));
    }
    return pieces;
  }

  const TestSocket socket_ = Bound(SOCK_STREAM);
  std::vector<std::pair<TestSocket, std::string>> connections_;
};

class FilePeer final : public Peer {
 public:
  explicit FilePeer(std::string url) : url_(std::move(url)) {}
  absl::StatusOr<std::unique_ptr<FlowSink>> Open(const SinkOptions& options, const Clock* clock) override {
    SinkOptions here = options;
    here.file_dir = dir_.path();
    return OpenFlowSink(ParseSinkUrl(url_).value(), here, clock);
  }
  Numbers64 Taken() override {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(dir_.path())) {
      names.insert(entry.path().filename().string());
    }
    Numbers64 taken;
    for (const std::string& name : names) {
      const Numbers64 numbers = NumbersOfLines(dir_.Read(name), "\"octetDeltaCount\":");
      taken.insert(taken.end(), numbers.begin(), numbers.end());
    }
    return taken;
  }

 private:
  const TempDir dir_;
  const std::string url_;
};

struct Kind {
  const char* name;
  std::function<std::unique_ptr<Peer>()> new_peer;
  bool exactly_once;
};

template <typename P, typename... Args>
std::function<std::unique_ptr<Peer>()> New(Args... args) {
  return [=] { return std::make_unique<P>(args...); };
}

class FlowSinkConformance : public ::testing::TestWithParam<Kind> {
 protected:
  FlowSinkConformance() {
    options_.state_dir = state_.path();
    options_.stream_id = "jobs/1";
    options_.home = Cidr::Parse("10.0.0.0/16").value();
  }
  std::unique_ptr<FlowSink> Open() {
    auto sink = peer_->Open(options_, &clock_);
    EXPECT_TRUE(sink.ok()) << sink.status();
    return sink.ok() ? std::move(*sink) : nullptr;
  }
  // In pieces that fill no datagram, and lets the peer take them.
  void Write(FlowSink* sink, uint64_t from, uint64_t to) {
    for (uint64_t begin = from; begin < to; begin += 13) {
      const FlowTable flows = NumberedFlows(begin, std::min(to, begin + 13));
      ASSERT_TRUE(sink->Write(flows, 0, flows.size()).ok());
      peer_->Taken();
    }
  }

  const TempDir state_;
  SinkOptions options_;
  ManualClock clock_;
  const std::unique_ptr<Peer> peer_ = GetParam().new_peer();
};

TEST_P(FlowSinkConformance, TakesEveryFlowInOrderAndCountsThem) {
  const auto sink = Open();
  ASSERT_NE(sink, nullptr);
  EXPECT_TRUE(sink->resumed() == StreamMark());
  Write(sink.get(), 0, 500);
  ASSERT_TRUE(sink->Commit(MarkAt(500)).ok());
  EXPECT_EQ(peer_->Taken(), Numbers(0, 500));
  ASSERT_TRUE(sink->Finish().ok());
  EXPECT_EQ(peer_->Taken(), Numbers(0, 500));
  EXPECT_EQ(sink->counts().flows, 500u);
  EXPECT_EQ(sink->counts().dropped_flows, 0u);
  EXPECT_EQ(sink->counts().errors, 0u);
  EXPECT_GT(sink->counts().bytes, 0u);
}

TEST_P(FlowSinkConformance, WritesOnlyTheRowsThatItIsGiven) {
  const auto sink = Open();
  ASSERT_NE(sink, nullptr);
  const FlowTable flows = NumberedFlows(0, 100);
  ASSERT_TRUE(sink->Write(flows, 10, 10).ok());
  ASSERT_TRUE(sink->Write(flows, 10, 35).ok());
  ASSERT_TRUE(sink->Commit(MarkAt(25)).ok());
  EXPECT_EQ(peer_->Taken(), Numbers(10, 35));
}

TEST_P(FlowSinkConformance, GoesOnAtTheNewestCommitAndLosesNothing) {
  auto sink = Open();
  ASSERT_NE(sink, nullptr);
  Write(sink.get(), 0, 100);
  ASSERT_TRUE(sink->Commit(MarkAt(100)).ok());
  Write(sink.get(), 100, 170);
  ASSERT_TRUE(sink->Commit(MarkAt(170)).ok());
  Write(sink.get(), 170, 250);
  sink.reset();  // as a process that dies
  peer_->Taken();
  sink = Open();
  ASSERT_NE(sink, nullptr);
  EXPECT_TRUE(sink->resumed() == MarkAt(170));
  Write(sink.get(), 170, 300);
  ASSERT_TRUE(sink->Commit(MarkAt(300)).ok());
  ASSERT_TRUE(sink->Finish().ok());
  Numbers64 taken = peer_->Taken();
  if (GetParam().exactly_once) {
    EXPECT_EQ(taken, Numbers(0, 300));
  }
  // No flow before the Commit comes again.
  for (const uint64_t number : Numbers(0, 170))
    EXPECT_EQ(std::count(taken.begin(), taken.end(), number), 1) << number;
  EXPECT_EQ(std::set<uint64_t>(taken.begin(), taken.end()).size(), 300u);
  sink.reset();
  sink = Open();
  ASSERT_NE(sink, nullptr);
  EXPECT_TRUE(sink->resumed() == MarkAt(300));
}

TEST_P(FlowSinkConformance, ACommitWithoutFlowsKeepsTheMark) {
  ASSERT_TRUE(Open()->Commit(MarkAt(7)).ok());
  const auto sink = Open();
  ASSERT_NE(sink, nullptr);
  EXPECT_TRUE(sink->resumed() == MarkAt(7));
  ASSERT_TRUE(sink->Finish().ok());
  EXPECT_TRUE(peer_->Taken().empty());
}

TEST_P(FlowSinkConformance, AnotherStreamDoesNotGoOnHere) {
  ASSERT_TRUE(Open()->Commit(MarkAt(7)).ok());
  options_.stream_id = "jobs/2";
  EXPECT_EQ(peer_->Open(options_, &clock_).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_P(FlowSinkConformance, APlaceThatCantBeReadIsLostData) {
  ASSERT_TRUE(Open()->Commit(MarkAt(7)).ok());
  const std::string whole = state_.Read("position.json");
  for (const std::string& text : {std::string(), std::string("{}"), whole.substr(0, whole.size() / 2)}) {
    state_.Write("position.json", text);
    EXPECT_EQ(peer_->Open(options_, &clock_).status().code(), absl::StatusCode::kDataLoss) << text;
  }
}

TEST_P(FlowSinkConformance, AStateThatCantBeKeptIsAnErrorOfCommitOrOpen) {
  auto sink = Open();
  ASSERT_NE(sink, nullptr);
  std::filesystem::remove_all(state_.path());
  Write(sink.get(), 0, 10);
  EXPECT_FALSE(sink->Commit(MarkAt(10)).ok());
  std::filesystem::create_directory(state_.path());
}

INSTANTIATE_TEST_SUITE_P(
    Every, FlowSinkConformance,
    ::testing::Values(
        Kind{"NetFlow5", New<UdpPeer>("netflow5"), false}, Kind{"NetFlow9", New<UdpPeer>("netflow9"), false},
        Kind{"Ipfix", New<UdpPeer>("ipfix"), false}, Kind{"SyslogUdp", New<UdpPeer>("syslog"), false},
        Kind{"SyslogTcp", New<TcpPeer>(), false}, Kind{"File", New<FilePeer>("file:f?format=jsonl"), true},
        Kind{"FileByTime", New<FilePeer>("file:f?format=jsonl&rotate=1h"), true},
        Kind{"FileBySize", New<FilePeer>("file:f?format=jsonl&rotate=5kB"), true}),
    [](const auto& info) { return std::string(info.param.name); });

// Peers that can be full: a socket that nobody reads.
class FullTcpPeer final : public Peer {
 public:
  FullTcpPeer() { EXPECT_EQ(::listen(socket_.fd(), 5), 0); }
  absl::StatusOr<std::unique_ptr<FlowSink>> Open(const SinkOptions& options, const Clock* clock) override {
    return OpenFlowSink(
        ParseSinkUrl(StrCat("syslog://127.0.0.1:", PortOf(socket_), "?transport=tcp")).value(), options,
        clock);
  }
  Numbers64 Taken() override { return {}; }

 private:
  const TestSocket socket_ = Bound(SOCK_STREAM);
};

// Unlike UDP, a pair of local sockets fills up.
class FullDatagramPeer final : public Peer {
 public:
  absl::StatusOr<std::unique_ptr<FlowSink>> Open(const SinkOptions& options, const Clock* clock) override {
    constexpr DatagramFormat kFormat = {
        "netflow9", [](uint32_t, uint32_t, size_t) -> absl::StatusOr<std::unique_ptr<DatagramEncoder>> {
          return NewNetFlow9Encoder({});
        }};
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
    socket_ = TestSocket(ends[1]);
    return OpenDatagramSink(
        kFormat, [&]() -> absl::StatusOr<DatagramSender> { return DatagramSender(ends[0], "the test"); },
        options, clock);
  }
  Numbers64 Taken() override { return {}; }

 private:
  TestSocket socket_;
};

class FullSinkConformance : public FlowSinkConformance {
 protected:
  static constexpr uint64_t kRows = 60'000;  // more than any kernel keeps for a socket
};

TEST_P(FullSinkConformance, AStopEndsAWaitingWrite) {
  int asked = 0;
  options_.stop_requested = [&asked] { return ++asked == 2; };
  const auto sink = Open();
  ASSERT_NE(sink, nullptr);
  EXPECT_EQ(sink->Write(NumberedFlows(0, kRows), 0, kRows).code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(asked, 2);
  EXPECT_LT(sink->counts().flows, kRows);
  EXPECT_EQ(sink->counts().dropped_flows, 0u);
}

TEST_P(FullSinkConformance, WhatIsDroppedIsCountedAndNothingWaits) {
  options_.when_full = WhenFull::kDrop;
  options_.stop_requested = [] {
    ADD_FAILURE() << "it waits";
    return true;
  };
  const auto sink = Open();
  ASSERT_NE(sink, nullptr);
  ASSERT_TRUE(sink->Write(NumberedFlows(0, kRows), 0, kRows).ok());
  ASSERT_TRUE(sink->Commit(MarkAt(kRows)).ok());
  EXPECT_GT(sink->counts().flows, 0u);
  EXPECT_GT(sink->counts().dropped_flows, 0u);
  EXPECT_EQ(sink->counts().flows + sink->counts().dropped_flows, kRows);
}

INSTANTIATE_TEST_SUITE_P(Every, FullSinkConformance,
                         ::testing::Values(Kind{"Datagrams", New<FullDatagramPeer>(), false},
                                           Kind{"SyslogTcp", New<FullTcpPeer>(), false}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(CheckFlowSink, RefusesWhatCantBeASinkHere) {
  SinkOptions options;
  options.file_dir = "/nowhere";
  const auto check = [&options](const char* url) {
    return CheckFlowSink(ParseSinkUrl(url).value(), options);
  };
  for (const char* url : {"netflow5://h", "netflow9://h", "ipfix://h", "syslog://h",
                          "syslog://h?transport=tcp", "file:f.csv", "kafka://h/t"}) {
    EXPECT_TRUE(check(url).ok()) << url;
  }
  EXPECT_EQ(check("file:../f.csv").code(), absl::StatusCode::kInvalidArgument);
  options.exporters = 1024;
  EXPECT_TRUE(check("netflow5://h").ok());
  EXPECT_EQ(check("file:f.csv"), absl::InvalidArgumentError(
                                     "exporters: 1024 is not from 1 to 1: only sinks over UDP have several"));
  options.exporters = 1025;
  EXPECT_EQ(check("ipfix://h"), absl::InvalidArgumentError("exporters: 1025 is not from 1 to 1024"));
  options.exporters = 0;
  EXPECT_EQ(check("syslog://h").code(), absl::StatusCode::kInvalidArgument);
}

TEST(OpenFlowSink, ChecksFirst) {
  const ManualClock clock;
  SinkOptions options;
  options.exporters = 0;
  EXPECT_EQ(OpenFlowSink(ParseSinkUrl("netflow5://127.0.0.1").value(), options, &clock).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace stanflow
