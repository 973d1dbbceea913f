#include "server/schedule/snapshot_store.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "core/base/file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/manual_clock.h"

namespace stanflow {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class Observer final : public SchedulerObserver {
 public:
  void OnSnapshotWritten(uint64_t bytes, std::chrono::nanoseconds) override { ++written; }
  void OnSnapshotSkipped(const std::string& key, uint64_t row, const char* why) override {
    skipped.push_back(key + " " + std::to_string(row) + ": " + why);
  }
  void OnSnapshotFailed(const absl::Status& status) override {
    failed.push_back(std::string(status.message()));
  }
  void OnSnapshotDamaged(const absl::Status& why) override { damaged.push_back(std::string(why.message())); }

  // Read after a Flush, or of calls on the test's own thread.
  int written = 0;
  std::vector<std::string> skipped, failed, damaged;
};

int64_t RealNowMs() { return Clock::Real().NowMs(); }

class SnapshotStoreTest : public ::testing::Test {
 protected:
  SnapshotStoreTest() {
    options_.dir = ::testing::TempDir() + "snapshot_store_test_" +
                   ::testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(options_.dir);
  }
  ~SnapshotStoreTest() override { fs::remove_all(options_.dir); }

  std::unique_ptr<SnapshotStore> Open() {
    auto store = SnapshotStore::Open(options_, &clock_, &observer_);
    EXPECT_TRUE(store.ok()) << store.status();
    return *std::move(store);
  }

  // "row:state", or "none".
  static std::string Load(const SnapshotStore& store, const std::string& key, uint64_t max_row) {
    std::string loaded = "none";
    const auto row = store.Load(key, max_row, [&](uint64_t r, std::string_view state) {
      loaded = std::to_string(r) + ":" + std::string(state);
      return absl::OkStatus();
    });
    EXPECT_EQ(row.has_value(), loaded != "none");
    return loaded;
  }

  std::vector<std::string> Files(const std::string& key) const {
    std::vector<std::string> names;
    if (!fs::exists(options_.dir + "/" + key)) return names;
    for (const auto& entry : fs::directory_iterator(options_.dir + "/" + key))
      names.push_back(entry.path().filename());
    return names;
  }

  SnapshotStoreOptions options_;
  ManualClock clock_{RealNowMs()};
  Observer observer_;
};

TEST_F(SnapshotStoreTest, GivesTheNewestSnapshotAtARowOrBeforeIt) {
  const auto store = Open();
  const uint64_t writer = store->Join("k");
  EXPECT_EQ(store->Offer(writer, 10, "ten"), nullptr);
  EXPECT_EQ(store->Offer(writer, 20, "twenty"), nullptr);
  store->Flush();
  EXPECT_EQ(Load(*store, "k", 9), "none");
  EXPECT_EQ(Load(*store, "k", 10), "10:ten");
  EXPECT_EQ(Load(*store, "k", 19), "10:ten");
  EXPECT_EQ(Load(*store, "k", 1000), "20:twenty");
  EXPECT_EQ(Load(*store, "other", 1000), "none");
}

TEST_F(SnapshotStoreTest, KeepsWhatIsQueuedOverARestart) {
  {
    const auto store = Open();
    store->Offer(store->Join("k"), 10, "ten");
  }
  EXPECT_EQ(Load(*Open(), "k", 10), "10:ten");
}

TEST_F(SnapshotStoreTest, KeepsTheLastTwoThatWereWritten) {
  const auto store = Open();
  const uint64_t writer = store->Join("k");
  for (const uint64_t row : {10, 20, 30}) store->Offer(writer, row, "x");
  store->Flush();
  EXPECT_THAT(Files("k"), UnorderedElementsAre("20.snap", "30.snap"));
  store->Offer(writer, 10, "x");
  store->Flush();
  EXPECT_THAT(Files("k"), UnorderedElementsAre("10.snap", "30.snap"));
}

TEST_F(SnapshotStoreTest, KeepsTheLastTwoOfEveryStreamThatRuns) {
  const auto store = Open();
  const uint64_t slow = store->Join("k"), fast = store->Join("k");
  for (const uint64_t row : {10, 20}) store->Offer(slow, row, "x");
  // One of them both have.
  for (const uint64_t row : {10, 30, 40, 50, 60}) store->Offer(fast, row, "x");
  store->Flush();
  EXPECT_THAT(Files("k"), UnorderedElementsAre("10.snap", "20.snap", "50.snap", "60.snap"));
  for (const uint64_t row : {30, 40}) store->Offer(slow, row, "x");
  store->Flush();
  EXPECT_THAT(Files("k"), UnorderedElementsAre("30.snap", "40.snap", "50.snap", "60.snap"));
}

TEST_F(SnapshotStoreTest, KeepsTheLastTwoOfStreamsThatBrokeOff) {
  const auto store = Open();
  for (const uint64_t first : {10, 20, 30}) {
    const uint64_t writer = store->Join("k");
    for (const uint64_t row : {first, first + 1}) store->Offer(writer, row, "x");
    store->Flush();
    store->Leave(writer, /*remove=*/false);
  }
  // Those of the last one, and the two that it found.
  EXPECT_THAT(Files("k"), UnorderedElementsAre("20.snap", "21.snap", "30.snap", "31.snap"));
  // The same request, begun anew: its reader will come back for low rows.
  const uint64_t anew = store->Join("k");
  store->Offer(anew, 10, "x");
  store->Flush();
  EXPECT_THAT(Files("k"), UnorderedElementsAre("10.snap", "30.snap", "31.snap"));
}

TEST_F(SnapshotStoreTest, RemovesTheOldestOfAllWhenTheRoomOnDiskIsFull) {
  const std::string state(1000, 's');
  // Three of them, with what a file has besides.
  options_.max_disk_bytes = 3 * 1128;
  const auto store = Open();
  fs::file_time_type time = fs::file_time_type::clock::now() - std::chrono::hours(1);
  for (const std::string key : {"a", "b", "c", "d", "e"}) {
    store->Offer(store->Join(key), 10, state);
    store->Flush();
    // A file system's own times may be coarser than this loop.
    fs::last_write_time(options_.dir + "/" + key + "/10.snap", time += std::chrono::minutes(1));
    uint64_t bytes = 0;
    for (const auto& entry : fs::recursive_directory_iterator(options_.dir)) {
      if (entry.is_regular_file()) bytes += entry.file_size();
    }
    EXPECT_LE(bytes, options_.max_disk_bytes);
  }
  EXPECT_THAT(Files("a"), IsEmpty());
  EXPECT_THAT(Files("b"), IsEmpty());
  for (const std::string key : {"c", "d", "e"}) EXPECT_THAT(Files(key), SizeIs(1)) << key;
  EXPECT_THAT(observer_.skipped, ElementsAre(HasSubstr("a 10: removed"), HasSubstr("b 10: removed")));
  const std::string large(options_.max_disk_bytes, 's');
  EXPECT_THAT(std::string(store->Offer(store->Join("f"), 10, large)), HasSubstr("snapshot_disk_bytes"));
}

TEST_F(SnapshotStoreTest, RemovesTheSnapshotsOfAStreamAlsoThoseStillQueued) {
  const auto store = Open();
  const uint64_t writer = store->Join("k");
  store->Offer(writer, 10, "x");
  store->Offer(store->Join("other"), 10, "x");
  store->Leave(writer, /*remove=*/true);
  store->Flush();
  EXPECT_THAT(Files("k"), IsEmpty());
  EXPECT_THAT(Files("other"), SizeIs(1));
}

TEST_F(SnapshotStoreTest, PassesOverADamagedSnapshotAndSaysWhichAndWhy) {
  const auto store = Open();
  const uint64_t writer = store->Join("k");
  store->Offer(writer, 10, "ten");
  store->Offer(writer, 20, "twenty");
  store->Flush();
  const std::string path = options_.dir + "/k/20.snap";
  const std::string good = *ReadFile(path);
  for (size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] ^= 4;
    std::ofstream(path, std::ios::binary) << bad;
    ASSERT_EQ(Load(*store, "k", 20), "10:ten") << "byte " << i;
    std::ofstream(path, std::ios::binary) << good.substr(0, i);
    ASSERT_EQ(Load(*store, "k", 20), "10:ten") << "cut at " << i;
  }
  ASSERT_THAT(observer_.damaged, SizeIs(2 * good.size()));
  EXPECT_THAT(observer_.damaged.front(), HasSubstr("20.snap: not a snapshot"));
}

TEST_F(SnapshotStoreTest, PassesOverASnapshotThatItsReaderRefuses) {
  const auto store = Open();
  const uint64_t writer = store->Join("k");
  store->Offer(writer, 10, "ten");
  store->Offer(writer, 20, "twenty");
  store->Flush();
  const auto row = store->Load("k", 20, [](uint64_t row, std::string_view) {
    return row == 20 ? absl::DataLossError("foreign") : absl::OkStatus();
  });
  EXPECT_EQ(row, 10u);
  EXPECT_THAT(observer_.damaged, ElementsAre(HasSubstr("20.snap: foreign")));
}

TEST_F(SnapshotStoreTest, RemovesAtOpeningWhatIsOlderThanItsAgeLimit) {
  {
    const auto store = Open();
    store->Offer(store->Join("k"), 10, "ten");
    store->Flush();
    std::ofstream(options_.dir + "/k/20.snap.tmp") << "left by a killed process";
  }
  clock_.Advance(options_.max_age - std::chrono::hours(1));
  EXPECT_EQ(Load(*Open(), "k", 10), "10:ten");
  clock_.Advance(std::chrono::hours(2));
  Open();
  EXPECT_FALSE(fs::exists(options_.dir + "/k"));
}

TEST_F(SnapshotStoreTest, RefusesMoreThanItsQueueMayHold) {
  options_.max_queued_bytes = 10;
  const auto store = Open();
  const uint64_t writer = store->Join("k");
  EXPECT_THAT(std::string(store->WhyRefused(11)), HasSubstr("snapshot_memory_bytes"));
  EXPECT_NE(store->Offer(writer, 10, "more than ten bytes"), nullptr);
  EXPECT_EQ(store->WhyRefused(10), nullptr);
  EXPECT_EQ(store->Offer(writer, 20, "ten bytes."), nullptr);
  store->Flush();
  EXPECT_EQ(store->WhyRefused(10), nullptr);
  EXPECT_THAT(Files("k"), ElementsAre("20.snap"));
}

TEST_F(SnapshotStoreTest, TellsOfASnapshotThatCannotBeWritten) {
  const auto store = Open();
  std::ofstream(options_.dir + "/k") << "a file where the folder should be";
  store->Offer(store->Join("k"), 10, "x");
  store->Flush();
  EXPECT_THAT(observer_.failed, ElementsAre(HasSubstr(options_.dir + "/k")));
  EXPECT_EQ(observer_.written, 0);
}

TEST_F(SnapshotStoreTest, TakesAsKeysOnlyNamesThatStayInsideItsFolder) {
  EXPECT_TRUE(SnapshotStore::IsKey("0a-B_9"));
  EXPECT_TRUE(SnapshotStore::IsKey(std::string(128, 'a')));
  for (const std::string& key :
       {std::string(), std::string(129, 'a'), std::string(".."), std::string("a/b"), std::string("a.b")}) {
    EXPECT_FALSE(SnapshotStore::IsKey(key)) << key;
  }
}

}  // namespace
}  // namespace stanflow
