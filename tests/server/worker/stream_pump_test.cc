#include "server/worker/stream_pump.h"

#include <map>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Flow FlowNumber(uint64_t row) {
  Flow flow;
  flow.end_ms = 1'000'000 + static_cast<int64_t>(row) * 10;
  flow.bytes = row;
  return flow;
}

// Flow after flow by number; the token of a place is its number.
class NumberedSource final : public FlowSource {
 public:
  NumberedSource(uint64_t total, uint64_t chunk, const StreamMark& from)
      : total_(total), chunk_(chunk), rows_(from.token_rows), token_(from.token) {
    EXPECT_EQ(from.token, from.token_rows == 0 ? "" : std::to_string(from.token_rows));
  }
  absl::StatusOr<bool> Next(FlowTable* flows) override {
    flows->Clear();
    if (rows_ >= fail_at) return absl::UnavailableError("gone");
    for (uint64_t i = 0; i < chunk_ && rows_ < total_; ++i) flows->Append(FlowNumber(rows_++));
    token_ = std::to_string(rows_);
    return flows->size() > 0;
  }
  uint64_t rows() const override { return rows_ + skew; }
  const std::string& token() const override { return token_; }

  uint64_t fail_at = ~uint64_t{0};
  uint64_t skew = 0;

 private:
  const uint64_t total_, chunk_;
  uint64_t rows_;
  std::string token_;
};

// What outlives a sink's process.
struct Peer {
  std::vector<uint64_t> taken;
  StreamMark committed;
  bool finished = false;
};

class PeerSink final : public FlowSink {
 public:
  explicit PeerSink(Peer* peer) : peer_(peer), resumed_(peer->committed) {}
  const StreamMark& resumed() const override { return resumed_; }
  bool sends_again() const override { return true; }
  absl::Status Write(const FlowTable& flows, size_t begin, size_t end) override {
    for (size_t i = begin; i < end; ++i) {
      if (peer_->taken.size() == fail_at) return absl::UnavailableError("the peer is gone");
      peer_->taken.push_back(flows.bytes[i]);
    }
    return absl::OkStatus();
  }
  absl::Status Commit(const StreamMark& mark) override {
    peer_->committed = mark;
    ++commits;
    return absl::OkStatus();
  }
  absl::Status Finish() override {
    peer_->finished = true;
    return absl::OkStatus();
  }
  SinkCounts counts() const override {
    SinkCounts counts;
    counts.flows = peer_->taken.size();
    return counts;
  }

  size_t fail_at = ~size_t{0};
  int commits = 0;

 private:
  Peer* const peer_;
  const StreamMark resumed_;
};

class StreamPumpTest : public ::testing::Test {
 protected:
  // A whole attempt on the peer.
  absl::Status Attempt(uint64_t total, size_t fail_at = ~size_t{0}) {
    PeerSink sink(&peer_);
    sink.fail_at = fail_at;
    NumberedSource source(total, 100, sink.resumed());
    StreamPump pump(options_, &sink, &clock_, dir_.File("sent"));
    const absl::Status status = pump.Run(&source);
    report_ = pump.report();
    commits_ = sink.commits;
    return status;
  }
  std::vector<uint64_t> Numbers(uint64_t begin, uint64_t end) const {
    std::vector<uint64_t> numbers;
    for (uint64_t i = begin; i < end; ++i) numbers.push_back(i);
    return numbers;
  }

  TempDir dir_;
  ManualClock clock_;
  StreamPumpOptions options_;
  Peer peer_;
  SinkReport report_;
  int commits_ = 0;
};

TEST_F(StreamPumpTest, CarriesEveryFlowInOrderAndCommitsTheEnd) {
  ASSERT_TRUE(Attempt(1050).ok());
  EXPECT_EQ(peer_.taken, Numbers(0, 1050));
  EXPECT_EQ(peer_.committed, (StreamMark{1050, "1050", 1050}));
  EXPECT_TRUE(peer_.finished);
}

TEST_F(StreamPumpTest, AStreamWithoutFlowsEndsToo) {
  ASSERT_TRUE(Attempt(0).ok());
  EXPECT_TRUE(peer_.finished);
  EXPECT_EQ(peer_.committed, StreamMark());
}

TEST_F(StreamPumpTest, CommitsPlacesWithinAChunkByTheTokenBeforeIt) {
  options_.pace = {Pace::Kind::kRate, 40};  // a chunk of 100 takes 2.5 s
  ASSERT_FALSE(Attempt(1000, 330).ok());
  EXPECT_GE(peer_.committed.rows, 330u - 42) << "no more than a second is lost";
  EXPECT_LT(peer_.committed.rows, 330u);
  EXPECT_EQ(peer_.committed.token_rows, peer_.committed.rows / 100 * 100);
  EXPECT_EQ(peer_.committed.token, std::to_string(peer_.committed.token_rows));
}

TEST_F(StreamPumpTest, GoesOnWithTheFlowBehindTheCommittedPlaceAndCountsWhatIsSentAgain) {
  options_.pace = {Pace::Kind::kRate, 40};
  ASSERT_FALSE(Attempt(1000, 330).ok());
  const uint64_t committed = peer_.committed.rows;
  const size_t sent = peer_.taken.size();
  ASSERT_TRUE(Attempt(1000).ok());
  EXPECT_EQ(std::vector<uint64_t>(peer_.taken.begin() + sent, peer_.taken.end()), Numbers(committed, 1000));
  // The one that the peer did not take was noted too: it may have gone out.
  EXPECT_EQ(report_.repeated_flows, sent + 1 - committed);
}

TEST_F(StreamPumpTest, CommitsOnceASecondWhateverThePace) {
  options_.pace = {Pace::Kind::kRate, 1000};
  ASSERT_TRUE(Attempt(10'000).ok());
  EXPECT_GE(commits_, 9);
  EXPECT_LE(commits_, 12);
  options_.pace = {Pace::Kind::kRate, 0.5};  // a flow waits for no other
  peer_ = Peer();
  ASSERT_TRUE(Attempt(10).ok());
  EXPECT_EQ(commits_, 10);
}

TEST_F(StreamPumpTest, AStopCommitsWhatWasWritten) {
  options_.pace = {Pace::Kind::kRate, 1000};
  options_.stop_requested = [this] { return peer_.taken.size() >= 2345; };
  EXPECT_TRUE(absl::IsCancelled(Attempt(10'000)));
  EXPECT_EQ(peer_.committed.rows, peer_.taken.size());
  EXPECT_FALSE(peer_.finished);
  options_.stop_requested = [] { return false; };
  ASSERT_TRUE(Attempt(10'000).ok());
  EXPECT_EQ(peer_.taken, Numbers(0, 10'000));
  EXPECT_EQ(report_.repeated_flows, 0u);
}

TEST_F(StreamPumpTest, AnErrorOfTheSourceIsTheStreamsAndWhatItGaveIsCommitted) {
  PeerSink sink(&peer_);
  NumberedSource source(1000, 100, {});
  source.fail_at = 500;
  StreamPump pump(options_, &sink, &clock_, "");
  EXPECT_TRUE(absl::IsUnavailable(pump.Run(&source)));
  EXPECT_EQ(peer_.committed, (StreamMark{500, "500", 500}));
  EXPECT_FALSE(peer_.finished);
}

TEST_F(StreamPumpTest, ASourceThatLosesCountIsRefused) {
  PeerSink sink(&peer_);
  NumberedSource source(1000, 100, {});
  source.skew = 1;
  StreamPump pump(options_, &sink, &clock_, "");
  const absl::Status status = pump.Run(&source);
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("leads from flow 0 to flow 101"));
}

TEST_F(StreamPumpTest, TellsHowLateFlowsAreAndHowFarTheyAre) {
  options_.pace = {Pace::Kind::kSpeed, 1};
  std::vector<uint64_t> rows;
  options_.report = [&](const SinkReport&, uint64_t row) { rows.push_back(row); };
  ASSERT_TRUE(Attempt(1000).ok());  // 10 s of flows
  ASSERT_EQ(report_.lateness_buckets.size(), kLatenessBuckets);
  uint64_t flows = 0;
  for (const uint64_t count : report_.lateness_buckets) flows += count;
  EXPECT_EQ(flows, 1000u);
  EXPECT_LE(report_.lag_seconds, 0.002) << "but for the pacer's quantum";
  EXPECT_EQ(report_.flow_end_ms, FlowNumber(999).end_ms);
  EXPECT_EQ(report_.committed_rows, 1000u);
  EXPECT_GE(rows.size(), 15u);
  EXPECT_EQ(rows.back(), 1000u);
}

TEST_F(StreamPumpTest, AnUnpacedStreamIsNeverLate) {
  ASSERT_TRUE(Attempt(1000).ok());
  EXPECT_TRUE(report_.lateness_buckets.empty());
}

}  // namespace
}  // namespace stanflow
