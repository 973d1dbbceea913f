#include "server/worker/collection.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/dataset/dataset.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_program.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_dir.h"

namespace {
bool g_can_exchange = true;
}

// In the place of the C library's: where it fails as on a network's file system.
extern "C" int renameat2(int from_dir, const char* from, int to_dir, const char* to,
                         unsigned flags) noexcept {
  if (flags != RENAME_EXCHANGE || g_can_exchange) {
    return static_cast<int>(::syscall(SYS_renameat2, from_dir, from, to_dir, to, flags));
  }
  errno = EINVAL;
  return -1;
}

namespace stanflow {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

// Says of a file what its lines behind the first one say; one with the word DAMAGED can't be read to its end,
// and one with CUT_OFF not at all, of which nfdump 1.7.1 says so and ends well.
constexpr char kNfdump[] = R"(for file; do :; done
n=$(grep -c , "$file")
if grep -q CUT_OFF "$file"; then
  echo "Open file $file: appendix offset error" >&2
  case "$*" in
    *" -E "*) echo "Exporters:" ;;
    *"-I "*) exit 250 ;;
    *) echo "No matching flows" ;;
  esac
  exit
fi
case "$*" in
  *" -E "*) echo "SysID: 1, IP:        192.0.2.9, version: 9, ID:  0, Sequence failures: 1, packets: 2, flows: $n" ;;
  *"-I "*) echo "Flows: $n" ;;
  *) tail -n +2 "$file"; if grep -q DAMAGED "$file"; then exit 1; fi ;;
esac
)";

std::string Row(int number) {
  return StrCat("2024-01-08 00:00:00.500,2024-01-08 00:00:01.000,10.1.0.1,192.0.2.1,1000,443,6,...AP.SF,0,1,",
                number, ",0,0\n");
}

class CollectionTest : public ::testing::Test {
 protected:
  CollectionTest() {
    spec_.dataset.name = "live";
    spec_.dataset.home = {Cidr{0x0A010000, 16}};
    spec_.dataset.max_rows = 1000;
    spec_.max_spool_bytes = 1 << 20;
    context_.data_dir = dir_.File("data");
    context_.job_dir = dir_.File("job");
    context_.publish_so_far = [this]() -> absl::Status {
      if (!publish_error_.ok()) return publish_error_;
      STANFLOW_RETURN_IF_ERROR(MakeDirectories(dir_.File("data/datasets")));
      STANFLOW_RETURN_IF_ERROR(RemoveAll(Published()));
      fs::rename(dir_.File("job/out/dataset"), Published());
      return absl::OkStatus();
    };
  }

  std::string Published() const { return dir_.File("data/datasets/live"); }
  std::unique_ptr<Collection> Open() {
    auto collection = Collection::Open(&context_, spec_, &clock_);
    EXPECT_TRUE(collection.ok()) << collection.status();
    return *std::move(collection);
  }
  // nfcapd finishes a file of such rows.
  void Arrive(const std::string& rows) {
    dir_.Write(StrCat("job/checkpoint/spool/incoming/nfcapd.2024010812", 1000 + arrived_++),
               StrCat(std::string("\x0c\xa5\n", 3), rows));
  }
  // A folder of the checkpoint has a link to itself in its place: nothing in it can be reached by its name.
  void Break(const std::string& folder) const {
    fs::rename(dir_.File("job/checkpoint/" + folder), dir_.File("aside"));
    fs::create_symlink(dir_.File("job/checkpoint/" + folder), dir_.File("job/checkpoint/" + folder));
  }
  // An nfdump that does so when it is asked with `option`.
  std::string NfdumpThatBreaks(const std::string& folder, const std::string& option) const {
    return StrCat(kNfdump, "path='", dir_.File("job/checkpoint/" + folder), "'\ncase \"$*\" in\n  *\" ",
                  option, " \"*) mv \"$path\" '", dir_.File("aside"),
                  "'; ln -s \"$path\" \"$path\" ;;\nesac\n");
  }
  void Repair(const std::string& folder) const {
    fs::remove(dir_.File("job/checkpoint/" + folder));
    fs::rename(dir_.File("aside"), dir_.File("job/checkpoint/" + folder));
  }
  // The bytes of all rows, which tell them apart.
  std::vector<uint64_t> PublishedRows() const {
    std::vector<uint64_t> rows;
    const auto dataset = Dataset::Open(Published(), /*verify_digest=*/true);
    EXPECT_TRUE(dataset.ok()) << dataset.status();
    for (uint64_t i = 0; dataset.ok() && i < (*dataset)->size(); ++i)
      rows.push_back((*dataset)->Row(i).bytes);
    return rows;
  }

  TempDir dir_;
  const FakeProgram nfdump_{"nfdump", kNfdump};
  ManualClock clock_{1'704'672'000'000};
  CollectSpec spec_;
  JobContext context_;
  absl::Status publish_error_;
  int arrived_ = 0;
};

TEST_F(CollectionTest, TakesWhatIsFinishedAndPublishesIt) {
  const auto collection = Open();
  ASSERT_TRUE(collection->Finish().ok());
  EXPECT_FALSE(fs::exists(Published())) << "nothing came yet";
  Arrive(Row(100) + Row(101));
  Arrive(Row(102));
  ASSERT_TRUE(collection->Finish().ok());
  EXPECT_THAT(PublishedRows(), ::testing::ElementsAre(100, 101, 102));
  EXPECT_EQ(collection->spool().bytes(), 0u);
  const CollectionReport report = collection->report();
  EXPECT_EQ(report.flows, 3u);
  EXPECT_EQ(report.sequence_failures, 2u);
  EXPECT_EQ(report.published_rows, 3u);
  EXPECT_EQ(collection->Figures()["exporters"]["192.0.2.9 version 9 id 0"]["packets"], 4);
}

TEST_F(CollectionTest, DoesNotBeginWhereNoSecondDatasetCouldTakeThePlaceOfTheFirst) {
  g_can_exchange = false;
  const auto collection = Collection::Open(&context_, spec_, &clock_);
  g_can_exchange = true;
  ASSERT_TRUE(absl::IsFailedPrecondition(collection.status())) << collection.status();
  EXPECT_THAT(std::string(collection.status().message()), HasSubstr("can't exchange two names at once"));
  EXPECT_TRUE(Collection::Open(&context_, spec_, &clock_).ok());
}

TEST_F(CollectionTest, TakesNothingTwiceWhenItDiesBeforePublishing) {
  {
    const auto collection = Open();
    Arrive(Row(100) + Row(101));
    publish_error_ = absl::UnavailableError("the server died");
    EXPECT_EQ(collection->Finish(), publish_error_);
  }
  publish_error_ = absl::OkStatus();
  const auto next = Open();
  EXPECT_EQ(next->report().flows, 0u) << "of this attempt";
  Arrive(Row(102));
  ASSERT_TRUE(next->Finish().ok());
  EXPECT_THAT(PublishedRows(), ::testing::ElementsAre(100, 101, 102));
  EXPECT_EQ(next->Figures()["flows"], 3);
  EXPECT_EQ(next->Figures()["sequence_failures"], 2);
  EXPECT_EQ(next->report().flows, 1u);
}

TEST_F(CollectionTest, TakesNothingTwiceWhenItDiesBetweenACommitAndTheFilesRemoval) {
  const std::string claimed = "job/checkpoint/spool/claimed/000000000001-nfcapd.20240108121000";
  {
    const auto collection = Open();
    Arrive(Row(100));
    ASSERT_TRUE(collection->Finish().ok());
  }
  dir_.Write(claimed, StrCat(std::string("\x0c\xa5\n", 3), Row(100)));
  const auto next = Open();
  ASSERT_TRUE(next->Finish().ok());
  EXPECT_THAT(PublishedRows(), ::testing::ElementsAre(100));
  EXPECT_FALSE(fs::exists(dir_.File(claimed)));
}

TEST_F(CollectionTest, CountsFilesThatNobodyCanReadAndTakesTheOthers) {
  const auto collection = Open();
  Arrive(Row(100) + "DAMAGED");
  Arrive(Row(101));
  Arrive(Row(102) + "CUT_OFF");
  dir_.Write("job/checkpoint/spool/incoming/nfcapd.current.7", "unfinished");
  ASSERT_TRUE(collection->Finish().ok());
  EXPECT_EQ(collection->report().lost_files, 3u);
  EXPECT_THAT(PublishedRows(), ::testing::ElementsAre(101));
  EXPECT_THAT(collection->Describe(), HasSubstr("3 files lost"));
  EXPECT_EQ(collection->spool().bytes(), 0u);
}

TEST_F(CollectionTest, TakesNothingTwiceWhenAFileThatWasTakenCanNotBeRemoved) {
  const auto collection = Open();
  Arrive(Row(100));
  {
    const FakeProgram nfdump("nfdump", NfdumpThatBreaks("spool/claimed", "-o"));
    EXPECT_FALSE(collection->Finish().ok());
  }
  EXPECT_EQ(collection->report().flows, 1u);
  Repair("spool/claimed");
  ASSERT_TRUE(collection->Finish().ok());
  EXPECT_EQ(collection->report().flows, 1u);
  EXPECT_EQ(collection->spool().bytes(), 0u);
  EXPECT_THAT(PublishedRows(), ::testing::ElementsAre(100));
}

TEST_F(CollectionTest, PublishesWhatWasRejectedAlsoIfNoRowCameSince) {
  const auto collection = Open();
  const std::string of_others =
      "2024-01-08 00:00:00.500,2024-01-08 00:00:01.000,192.0.2.2,192.0.2.1,1000,443,6,...AP.SF,0,1,9,0,0\n";
  Arrive(of_others);
  ASSERT_TRUE(collection->Finish().ok());
  EXPECT_FALSE(fs::exists(Published())) << "there is no dataset without a row";
  Arrive(Row(100));
  ASSERT_TRUE(collection->Finish().ok());
  Arrive(of_others);
  ASSERT_TRUE(collection->Finish().ok());
  EXPECT_EQ((*Dataset::Open(Published()))->manifest().rejected_rows, 2u);
  EXPECT_THAT(PublishedRows(), ::testing::ElementsAre(100));
}

TEST_F(CollectionTest, LeavesAFileWhoseReaderSomebodyHasEnded) {
  const std::string once = dir_.Write("once", "");
  const FakeProgram stopped("nfdump",
                            StrCat("if rm '", once, "' 2>/dev/null; then kill -TERM $$; fi\n", kNfdump));
  const auto collection = Open();
  Arrive(Row(100));
  EXPECT_TRUE(absl::IsUnavailable(collection->Finish()));
  ASSERT_TRUE(collection->Finish().ok());
  EXPECT_EQ(collection->report().lost_files, 0u);
  EXPECT_THAT(PublishedRows(), ::testing::ElementsAre(100));
}

TEST_F(CollectionTest, TakesWhatWasLeftBeforeItListensAndPublishesItLater) {
  const auto collection = Open();
  Arrive(Row(100));
  ASSERT_TRUE(collection->Recover().ok());
  EXPECT_EQ(collection->report().flows, 1u);
  EXPECT_FALSE(fs::exists(Published()));
}

TEST_F(CollectionTest, LeavesNoPartOfADatasetThatItCouldNotMake) {
  const auto collection = Open();
  Arrive(Row(100));
  // In the place of a file that grouping needs.
  ASSERT_TRUE(MakeDirectories(dir_.File("job/checkpoint/rows/order.bin")).ok());
  EXPECT_FALSE(collection->Finish().ok());
  EXPECT_FALSE(fs::exists(dir_.File("job/out/dataset")));
}

TEST_F(CollectionTest, EndsAtItsRowsAndCountsWhatCameBeyond) {
  spec_.dataset.max_rows = 2;
  const auto collection = Open();
  EXPECT_EQ(collection->limit_reached(), "");
  Arrive(Row(100) + Row(101) + Row(102));
  ASSERT_TRUE(collection->Finish().ok());
  EXPECT_EQ(collection->limit_reached(), "max_rows");
  EXPECT_EQ(collection->report().dropped_flows, 1u);
  EXPECT_THAT(PublishedRows(), ::testing::ElementsAre(100, 101));
}

TEST_F(CollectionTest, EndsAtItsMinutesAlsoWhenAnotherAttemptBegan) {
  spec_.max_minutes = 10;
  { const auto first = Open(); }
  clock_.Advance(std::chrono::milliseconds(599'999));
  const auto next = Open();
  EXPECT_EQ(next->limit_reached(), "");
  clock_.Advance(std::chrono::milliseconds(1));
  EXPECT_EQ(next->limit_reached(), "max_minutes");
  EXPECT_EQ(next->fraction(), 1);
}

TEST_F(CollectionTest, GivesUpTheNewestFilesThatTheSpoolHasNoRoomForAndCountsTheirFlows) {
  spec_.max_spool_bytes = 2 * Row(100).size() + 10;
  const auto collection = Open();
  Arrive(Row(100));
  Arrive(Row(101));
  Arrive(Row(102) + Row(103));
  ASSERT_TRUE(collection->Finish().ok());
  EXPECT_EQ(collection->report().dropped_flows, 2u);
  EXPECT_THAT(PublishedRows(), ::testing::ElementsAre(100, 101));
}

TEST_F(CollectionTest, CountsADamagedFileThatTheSpoolHasNoRoomForAsAFile) {
  spec_.max_spool_bytes = 10;
  const auto collection = Open();
  Arrive(Row(100) + "CUT_OFF");
  ASSERT_TRUE(collection->Finish().ok());
  EXPECT_EQ(collection->report().lost_files, 1u);
  EXPECT_EQ(collection->report().dropped_flows, 0u);
}

TEST_F(CollectionTest, ForgetsNoLossThatItCouldNotNote) {
  spec_.max_spool_bytes = Row(100).size() + 10;
  {
    const auto collection = Open();
    dir_.Write("job/checkpoint/spool/incoming/nfcapd.current.7", "unfinished");
    Break("rows");
    EXPECT_FALSE(collection->Recover().ok());
    Repair("rows");
  }
  {
    const auto collection = Open();
    ASSERT_TRUE(collection->Recover().ok());
    Arrive(Row(100));
    Arrive(Row(101));
    const FakeProgram nfdump("nfdump", NfdumpThatBreaks("rows", "-E"));
    EXPECT_FALSE(collection->Finish().ok());
    Repair("rows");
  }
  const auto next = Open();
  ASSERT_TRUE(next->Finish().ok());
  EXPECT_EQ(next->Figures()["lost_files"], 1);
  EXPECT_EQ(next->Figures()["dropped_flows"], 1);
  EXPECT_THAT(PublishedRows(), ::testing::ElementsAre(100));
}

TEST_F(CollectionTest, CountsWhatItGivesUpOnceWhenItDiesBeforeTheFilesRemoval) {
  spec_.max_spool_bytes = Row(100).size() + 10;
  const std::string newest = dir_.File("job/checkpoint/spool/claimed/000000000002-nfcapd.20240108121001");
  {
    const auto collection = Open();
    Arrive(Row(100));
    Arrive(Row(101));
    const FakeProgram nfdump("nfdump", NfdumpThatBreaks("spool/claimed", "-E"));
    EXPECT_FALSE(collection->Finish().ok());
    Repair("spool/claimed");
  }
  EXPECT_TRUE(fs::exists(newest));
  const auto next = Open();
  EXPECT_FALSE(fs::exists(newest));
  ASSERT_TRUE(next->Finish().ok());
  EXPECT_EQ(next->Figures()["dropped_flows"], 1);
  EXPECT_THAT(PublishedRows(), ::testing::ElementsAre(100));
}

TEST_F(CollectionTest, BeginsWithTheRowsOfTheDatasetThatItWasAskedToGoOnWith) {
  {
    const auto first = Open();
    Arrive(Row(100));
    ASSERT_TRUE(first->Finish().ok());
  }
  spec_.base_digest = (*Dataset::Open(Published()))->manifest().digest;
  context_.job_dir = dir_.File("second");
  ASSERT_TRUE(MakeDirectories(context_.job_dir).ok());
  const auto second = Open();
  EXPECT_EQ(second->report().dataset_rows, 1u);
  EXPECT_EQ(second->report().flows, 0u);
  EXPECT_EQ(second->Figures()["began_with_rows"], 1);
  spec_.base_digest = "another";
  context_.job_dir = dir_.File("third");
  const auto third = Collection::Open(&context_, spec_, &clock_);
  EXPECT_TRUE(absl::IsFailedPrecondition(third.status())) << third.status();
}

}  // namespace
}  // namespace stanflow
