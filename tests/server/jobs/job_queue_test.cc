#include "server/jobs/job_queue.h"

#include <fstream>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/jobs/job_folder.h"
#include "tests/server/jobs/job_testing.h"

namespace stanflow {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class JobQueueTest : public ::testing::Test {
 protected:
  JobQueueTest() {
    store_ = OpenSqliteJobStore(JobStorePath(dir_.path())).value();
    JobQueueOptions options;
    options.data_dir = dir_.path();
    options.max_queued = 4;
    options.max_failures = 2;
    queue_ = std::make_unique<JobQueue>(options, store_.get(), &clock_);
  }

  std::string NewUpload(const std::string& text = "bytes") {
    std::string path = absl::StrCat(dir_.path(), "/upload.", ++uploads_);
    std::ofstream(path) << text;
    return path;
  }
  JobRequest Import(const std::string& upload, const std::string& request_id = "") {
    JobRequest request;
    request.kind = JobKind::kImport;
    request.spec_json = "{}";
    request.adopt_file = upload;
    request.request_id = request_id;
    return request;
  }
  size_t CountFolders() const {
    size_t n = 0;
    for (const auto& entry : fs::directory_iterator(dir_.path() + "/jobs")) n += entry.is_directory();
    return n;
  }

  TempDir dir_;
  FakeClock clock_;
  int uploads_ = 0;
  std::unique_ptr<JobStore> store_;
  std::unique_ptr<JobQueue> queue_;
};

TEST_F(JobQueueTest, MovesTheUploadIntoTheJobsFolder) {
  const std::string upload = NewUpload("flows");
  const Job job = queue_->Submit(Import(upload)).value();
  EXPECT_EQ(job.max_failures, 2u);
  EXPECT_EQ(job.created_ms, clock_.NowMs());
  EXPECT_FALSE(fs::exists(upload));
  EXPECT_EQ(ReadFile(JobFolder(dir_.path(), job.id) + "/upload").value(), "flows");
}

TEST_F(JobQueueTest, AnswersTheSameJobForTheSameRequestAndKeepsNoSecondUpload) {
  const Job first = queue_->Submit(Import(NewUpload(), "r")).value();
  const std::string again = NewUpload();
  EXPECT_EQ(queue_->Submit(Import(again, "r"))->id, first.id);
  EXPECT_FALSE(fs::exists(again));
  EXPECT_EQ(CountFolders(), 1u);
}

TEST_F(JobQueueTest, LeavesTheUploadToItsOwnerWhenTheQueueIsFull) {
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(queue_->Submit(Import(NewUpload())).ok());
  const std::string upload = NewUpload();
  EXPECT_EQ(queue_->Submit(Import(upload)).status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(fs::exists(upload));
  EXPECT_EQ(CountFolders(), 4u);
}

TEST_F(JobQueueTest, StoresNothingWhenTheUploadIsMissing) {
  EXPECT_EQ(queue_->Submit(Import(dir_.path() + "/none")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(CountFolders(), 0u);
  EXPECT_TRUE(queue_->CountByState()->empty());
}

TEST_F(JobQueueTest, GivesEveryJobAnIdOfItsOwnUnderConcurrentSubmits) {
  JobQueueOptions options;
  options.data_dir = dir_.path();
  JobQueue queue(options, store_.get(), &clock_);
  Mutex mutex;
  std::set<std::string> ids;
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5; ++i) {
        const std::string id = queue.Submit(JobRequest()).value().id;
        MutexLock lock(&mutex);
        ids.insert(id);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(ids.size(), 20u);
  EXPECT_EQ(queue.CountByState()->at(JobState::kQueued), 20);
}

TEST_F(JobQueueTest, WalksAllPagesNewestFirst) {
  std::vector<std::string> ids;
  ids.reserve(4);
  for (int i = 0; i < 4; ++i) ids.push_back(queue_->Submit(JobRequest()).value().id);
  std::vector<std::string> seen;
  std::string token;
  do {
    const std::string page = token;
    const std::vector<Job> jobs = queue_->List(3, page, {}, &token).value();
    for (const Job& job : jobs) seen.push_back(job.id);
  } while (!token.empty());
  EXPECT_EQ(seen, std::vector<std::string>(ids.rbegin(), ids.rend()));
  EXPECT_EQ(queue_->List(3, "x", {}, &token).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(JobQueueTest, CancelsAQueuedJobAtOnceAndRemovesItsUpload) {
  const Job job = queue_->Submit(Import(NewUpload())).value();
  EXPECT_EQ(queue_->Cancel(job.id)->state, JobState::kCancelled);
  EXPECT_FALSE(fs::exists(JobFolder(dir_.path(), job.id) + "/upload"));
  EXPECT_EQ(queue_->Cancel(job.id)->state, JobState::kCancelled);
  EXPECT_EQ(queue_->Events(job.id, 0)->size(), 2u);
  EXPECT_EQ(queue_->Cancel("none").status().code(), absl::StatusCode::kNotFound);
}

TEST_F(JobQueueTest, TellsWatchersOfTheirJobAndWakesTheRunner) {
  int wakes = 0, mine = 0, others = 0;
  queue_->SetWake([&] { ++wakes; });
  const Job job = queue_->Submit(JobRequest()).value();
  const uint64_t subscription = queue_->Subscribe(job.id, [&] { ++mine; });
  queue_->Subscribe("other", [&] { ++others; });
  queue_->Cancel(job.id).value();
  EXPECT_EQ(wakes, 2);
  EXPECT_EQ(mine, 1);
  EXPECT_EQ(others, 0);
  queue_->Unsubscribe(subscription);
  queue_->Notify(job.id);
  EXPECT_EQ(mine, 1);
}

TEST_F(JobQueueTest, TellsEachChangeThatItMakesOnce) {
  std::vector<std::string> told;
  queue_->SetChanged([&](const Job& job) { told.push_back(JobStateName(job.state)); });
  const Job job = queue_->Submit(Import(NewUpload(), "r")).value();
  queue_->Submit(Import(NewUpload(), "r")).value();
  queue_->Cancel(job.id).value();
  queue_->Cancel(job.id).value();
  EXPECT_THAT(told, testing::ElementsAre("QUEUED", "CANCELLED"));
}

TEST_F(JobQueueTest, KnowsTheJobThatHasWaitedLongest) {
  EXPECT_FALSE(queue_->OldestQueuedMs()->has_value());
  const Job first = queue_->Submit(JobRequest()).value();
  clock_.AdvanceMs(5000);
  const Job second = queue_->Submit(JobRequest()).value();
  EXPECT_EQ(queue_->OldestQueuedMs()->value(), first.created_ms);
  queue_->Cancel(first.id).value();
  EXPECT_EQ(queue_->OldestQueuedMs()->value(), second.created_ms);
}

TEST_F(JobQueueTest, NamesTheArtifactsThereAreForAWrongOne) {
  const Job job = queue_->Submit(JobRequest()).value();
  const JobKind kinds[] = {job.kind};
  store_->LeaseNext(kinds, clock_.NowMs()).value();
  JobChange done = Change(JobAction::kSucceed);
  done.artifacts = {"report.html", "report.json"};
  ASSERT_TRUE(store_->Change(job.id, 1, done).ok());
  EXPECT_EQ(queue_->ArtifactPath(job.id, "report.json").value(),
            JobFolder(dir_.path(), job.id) + "/out/report.json");
  for (const char* wrong : {"report.xml", "../spec.json", ""}) {
    const auto path = queue_->ArtifactPath(job.id, wrong);
    EXPECT_EQ(path.status().code(), absl::StatusCode::kNotFound);
    EXPECT_THAT(std::string(path.status().message()), HasSubstr("report.html, report.json"));
  }
}

TEST(JobNotifier, MakesNoCallAfterUnsubscribeReturned) {
  JobNotifier notifier;
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&] {
      while (!stop) notifier.Notify("j");
    });
  }
  for (int i = 0; i < 200; ++i) {
    auto ended = std::make_unique<std::atomic<bool>>(false);
    const uint64_t subscription = notifier.Subscribe("j", [&] { EXPECT_FALSE(*ended); });
    notifier.Unsubscribe(subscription);
    *ended = true;
  }
  stop = true;
  for (auto& thread : threads) thread.join();
}

TEST(JobNotifier, LetsACallbackEndItsOwnSubscription) {
  JobNotifier notifier;
  int calls = 0;
  uint64_t subscription = 0;
  subscription = notifier.Subscribe("j", [&] {
    ++calls;
    notifier.Unsubscribe(subscription);
  });
  notifier.Notify("j");
  notifier.Notify("j");
  EXPECT_EQ(calls, 1);
}

TEST(LockDataFolder, RefusesAFolderThatHoldsOtherThingsAndWritesNothingThere) {
  TempDir dir;
  fs::create_directories(dir.path() + "/uploads");
  const auto foreign = LockDataFolder(dir.path());
  ASSERT_EQ(foreign.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(foreign.status().message()), HasSubstr(dir.path() + " is not empty ('uploads')"));
  EXPECT_FALSE(fs::exists(dir.path() + "/LOCK"));
  std::ofstream(dir.path() + "/STANFLOW") << "";
  EXPECT_TRUE(LockDataFolder(dir.path()).ok());
}

TEST(LockDataFolder, KnowsAFolderOfItsOwnByItsMarkerOrItsJobs) {
  TempDir dir;
  std::ofstream(dir.path() + "/LOCK") << "";  // of a start that got no further
  ASSERT_TRUE(LockDataFolder(dir.path()).ok());
  EXPECT_TRUE(fs::exists(dir.path() + "/STANFLOW"));
  fs::create_directories(dir.path() + "/models");
  EXPECT_TRUE(LockDataFolder(dir.path()).ok());
  fs::remove(dir.path() + "/STANFLOW");
  EXPECT_FALSE(LockDataFolder(dir.path()).ok());
  std::ofstream(dir.path() + "/jobs.db") << "";
  EXPECT_TRUE(LockDataFolder(dir.path()).ok());
}

TEST(LockDataFolder, RefusesASecondServerAndNamesTheFirst) {
  TempDir dir;
  {
    const auto first = LockDataFolder(dir.path() + "/data");
    ASSERT_TRUE(first.ok()) << first.status();
    const auto second = LockDataFolder(dir.path() + "/data");
    ASSERT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(std::string(second.status().message()), HasSubstr(absl::StrCat("pid ", getpid())));
    EXPECT_THAT(std::string(second.status().message()), HasSubstr(dir.path() + "/data"));
  }
  EXPECT_TRUE(LockDataFolder(dir.path() + "/data").ok());
}

}  // namespace
}  // namespace stanflow
