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
  void OnSnapshotFailed(const absl::Status& status) override {
    failed.push_back(std::string(status.message()));
  }
  void OnSnapshotDamaged(const absl::Status& why) override { damaged.push_back(std::string(why.message())); }

  // Read after a Flush, or of calls on the test's own thread.
  int written = 0;
  std::vector<std::string> failed, damaged;
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
  EXPECT_TRUE(store->Offer("k", 10, "ten"));
  EXPECT_TRUE(store->Offer("k", 20, "twenty"));
  store->Flush();
  EXPECT_EQ(Load(*store, "k", 9), "none");
  EXPECT_EQ(Load(*store, "k", 10), "10:ten");
  EXPECT_EQ(Load(*store, "k", 19), "10:ten");
  EXPECT_EQ(Load(*store, "k", 1000), "20:twenty");
  EXPECT_EQ(Load(*store, "other", 1000), "none");
}

TEST_F(SnapshotStoreTest, KeepsWhatIsQueuedOverARestart) {
  Open()->Offer("k", 10, "ten");
  EXPECT_EQ(Load(*Open(), "k", 10), "10:ten");
}

TEST_F(SnapshotStoreTest, KeepsTheLastTwoThatWereWritten) {
  const auto store = Open();
  for (const uint64_t row : {10, 20, 30}) store->Offer("k", row, "x");
  store->Flush();
  EXPECT_THAT(Files("k"), UnorderedElementsAre("20.snap", "30.snap"));
  // The same request, begun anew: its reader will come back for low rows.
  store->Offer("k", 10, "x");
  store->Flush();
  EXPECT_THAT(Files("k"), UnorderedElementsAre("10.snap", "30.snap"));
}

TEST_F(SnapshotStoreTest, RemovesTheSnapshotsOfAStreamAlsoThoseStillQueued) {
  const auto store = Open();
  store->Offer("k", 10, "x");
  store->Offer("other", 10, "x");
  store->Remove("k");
  store->Flush();
  EXPECT_THAT(Files("k"), IsEmpty());
  EXPECT_THAT(Files("other"), SizeIs(1));
}

TEST_F(SnapshotStoreTest, PassesOverADamagedSnapshotAndSaysWhichAndWhy) {
  const auto store = Open();
  store->Offer("k", 10, "ten");
  store->Offer("k", 20, "twenty");
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
  store->Offer("k", 10, "ten");
  store->Offer("k", 20, "twenty");
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
    store->Offer("k", 10, "ten");
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
  EXPECT_FALSE(store->HasRoom(11));
  EXPECT_FALSE(store->Offer("k", 10, "more than ten bytes"));
  EXPECT_TRUE(store->HasRoom(10));
  EXPECT_TRUE(store->Offer("k", 20, "ten bytes."));
  store->Flush();
  EXPECT_TRUE(store->HasRoom(10));
  EXPECT_THAT(Files("k"), ElementsAre("20.snap"));
}

TEST_F(SnapshotStoreTest, TellsOfASnapshotThatCannotBeWritten) {
  const auto store = Open();
  std::ofstream(options_.dir + "/k") << "a file where the folder should be";
  store->Offer("k", 10, "x");
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
