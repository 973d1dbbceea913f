// A broken stream goes on at its next row, from a snapshot or from its start.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "server/schedule/generate_scheduler.h"
#include "tests/server/schedule/recording_sink.h"
#include "tests/server/schedule/stream_cases.h"

namespace stanflow {
namespace {

namespace fs = std::filesystem;

class Counts final : public SchedulerObserver {
 public:
  void OnReplay(uint64_t flows) override { replayed += flows; }
  void OnSnapshotWritten(uint64_t, std::chrono::nanoseconds) override { ++written; }
  void OnSnapshotSkipped(const std::string&, uint64_t, const char*) override { ++skipped; }
  void OnSnapshotDamaged(const absl::Status&) override { ++damaged; }
  std::atomic<uint64_t> replayed{0}, written{0}, skipped{0}, damaged{0};
};

class StreamResumeTest : public ::testing::Test {
 protected:
  StreamResumeTest()
      : dir_(::testing::TempDir() + "stream_resume_test_" +
             ::testing::UnitTest::GetInstance()->current_test_info()->name()),
        generator_(std::make_shared<FakeGenerator>()) {
    fs::remove_all(dir_);
    options_.snapshot_rows = 500;
  }
  ~StreamResumeTest() override {
    Shutdown();
    fs::remove_all(dir_);
  }

  // A server's life begins, with what the last one left on disk.
  void Boot() {
    store_options_.dir = dir_;
    store_ = *SnapshotStore::Open(store_options_, &Clock::Real(), &counts_);
    scheduler_ = std::make_unique<GenerateScheduler>(options_, &Clock::Real(), store_.get(), &counts_);
  }
  void Shutdown() {
    scheduler_.reset();
    store_.reset();
  }

  StreamRequest Keyed(uint64_t first_row = 0) const {
    StreamRequest request = Request(generator_, 11, 8, 4000);
    request.snapshot_key = "key";
    request.first_row = first_row;
    return request;
  }

  // Runs the stream until it has sent at least `rows` and parks it there.
  void RunTo(uint64_t rows) {
    RecordingSink sink(0, 1 + static_cast<int>(rows / Keyed().chunk_rows));
    const auto ticket = scheduler_->Start(Keyed(), &sink);
    ASSERT_TRUE(ticket.ok());
    sink.WaitForChunks(1 + static_cast<int>(rows / Keyed().chunk_rows));
    store_->Flush();
    scheduler_->Cancel(ticket->id);
    EXPECT_EQ(sink.WaitForFinish().code(), absl::StatusCode::kCancelled);
    store_->Flush();
  }

  // The flows from `first_row` on; `replayed` is what the ticket says.
  std::vector<Flow> Rest(const StreamRequest& request, uint64_t* replayed) {
    RecordingSink sink(request.first_row);
    const auto ticket = scheduler_->Start(request, &sink);
    EXPECT_TRUE(ticket.ok()) << ticket.status();
    EXPECT_TRUE(sink.WaitForFinish().ok());
    *replayed = ticket->replayed_rows;
    return sink.flows();
  }

  static std::vector<Flow> From(const std::vector<Flow>& flows, uint64_t row) {
    return {flows.begin() + row, flows.end()};
  }

  const std::string dir_;
  GenerateSchedulerOptions options_;
  SnapshotStoreOptions store_options_;
  std::shared_ptr<FakeGenerator> generator_;
  Counts counts_;
  std::unique_ptr<SnapshotStore> store_;
  std::unique_ptr<GenerateScheduler> scheduler_;
};

TEST_F(StreamResumeTest, ContinuesAtAnyRowWithoutSnapshots) {
  Boot();
  StreamRequest request = Keyed();
  request.snapshot_key.clear();
  const std::vector<Flow> expected = Expected(request);
  for (const uint64_t row : {1, 63, 64, 65, 1777, 3999, 4000}) {
    request.first_row = row;
    uint64_t replayed = 0;
    EXPECT_EQ(Rest(request, &replayed), From(expected, row)) << row;
    EXPECT_EQ(replayed, row == 4000 ? 0u : row) << "nothing is left to make at the extent";
  }
}

TEST_F(StreamResumeTest, ContinuesAtAnyRowFromTheNewestSnapshotBeforeIt) {
  const std::vector<Flow> expected = Expected(Keyed());
  for (const uint64_t row : {1600, 1999, 2200, 3500}) {
    fs::remove_all(dir_);
    Boot();
    RunTo(2200);
    Shutdown();
    Boot();
    uint64_t replayed = 0;
    EXPECT_EQ(Rest(Keyed(row), &replayed), From(expected, row)) << row;
    if (row <= 2200) {
      EXPECT_LT(replayed, options_.snapshot_rows + Keyed().chunk_rows) << row;
    } else {
      EXPECT_LT(replayed, row - 1900) << row;
    }
    Shutdown();
  }
}

TEST_F(StreamResumeTest, ReplaysFromTheStartWhereNoSnapshotIsOldEnough) {
  Boot();
  RunTo(2200);
  uint64_t replayed = 0;
  EXPECT_EQ(Rest(Keyed(700), &replayed), From(Expected(Keyed()), 700));
  EXPECT_EQ(replayed, 700u);
  EXPECT_EQ(counts_.replayed, 700u);
}

TEST_F(StreamResumeTest, PassesOverADamagedSnapshotAndCountsIt) {
  Boot();
  RunTo(2200);
  uint64_t newest = 0;
  for (const auto& file : fs::directory_iterator(dir_ + "/key")) {
    newest = std::max<uint64_t>(newest, std::stoull(file.path().filename()));
  }
  std::ofstream(dir_ + "/key/" + std::to_string(newest) + ".snap") << "damaged";
  uint64_t replayed = 0;
  EXPECT_EQ(Rest(Keyed(2200), &replayed), From(Expected(Keyed()), 2200));
  EXPECT_EQ(counts_.damaged, 1u);
  EXPECT_GT(replayed, 2200 - newest);
  EXPECT_LT(replayed, 2200u);
}

TEST_F(StreamResumeTest, TakesNoStateOfAnotherStreamUnderTheSameKey) {
  Boot();
  RunTo(2200);
  StreamRequest other = Keyed(2200);
  other.spec.seed = 12;
  uint64_t replayed = 0;
  EXPECT_EQ(Rest(other, &replayed), From(Expected(other), 2200));
  EXPECT_EQ(replayed, 2200u);
  EXPECT_GT(counts_.damaged, 0u);
}

TEST_F(StreamResumeTest, KeepsNoSnapshotOfAStreamThatReachedItsExtent) {
  Boot();
  uint64_t replayed = 0;
  EXPECT_EQ(Rest(Keyed(), &replayed).size(), 4000u);
  store_->Flush();
  EXPECT_GT(counts_.written, 0u);
  EXPECT_FALSE(fs::exists(dir_ + "/key"));
}

TEST_F(StreamResumeTest, KeepsTheSnapshotsOfAnEqualStreamThatStillRuns) {
  Boot();
  const int chunks = 1 + 2200 / static_cast<int>(Keyed().chunk_rows);
  RecordingSink behind(0, chunks);
  const auto ticket = scheduler_->Start(Keyed(), &behind);
  ASSERT_TRUE(ticket.ok());
  behind.WaitForChunks(chunks);
  uint64_t replayed = 0;
  EXPECT_EQ(Rest(Keyed(), &replayed).size(), 4000u) << "the equal one runs to its extent";
  store_->Flush();
  scheduler_->Cancel(ticket->id);
  EXPECT_EQ(behind.WaitForFinish().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(Rest(Keyed(2200), &replayed), From(Expected(Keyed()), 2200));
  EXPECT_LT(replayed, options_.snapshot_rows + Keyed().chunk_rows);
  store_->Flush();
  EXPECT_FALSE(fs::exists(dir_ + "/key")) << "the last one of its key takes them along";
}

TEST_F(StreamResumeTest, DrainSavesWhereTheClientWillGoOn) {
  options_.snapshot_rows = 1000000;
  Boot();
  RecordingSink sink(0, 10);
  ASSERT_TRUE(scheduler_->Start(Keyed(), &sink).ok());
  sink.WaitForChunks(10);
  scheduler_->Drain(Clock::Real().SteadyNow());
  Shutdown();
  const uint64_t received = sink.flows().size();
  Boot();
  uint64_t replayed = 0;
  EXPECT_EQ(Rest(Keyed(received), &replayed), From(Expected(Keyed()), received));
  EXPECT_EQ(replayed, 0u);
}

TEST_F(StreamResumeTest, SavesNoStateLargerThanItsLimit) {
  store_options_.max_queued_bytes = 100;
  Boot();
  RunTo(2200);
  EXPECT_GT(counts_.skipped, 0u);
  EXPECT_EQ(counts_.written, 0u);
}

}  // namespace
}  // namespace stanflow
