#include "server/jobs/job_store.h"

#include <fstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "soci/soci.h"
#include "soci/sqlite3/soci-sqlite3.h"
#include "tests/server/jobs/job_testing.h"

namespace stanflow {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr JobKind kAllKinds[] = {JobKind::kImport,    JobKind::kTrain,  JobKind::kEvaluate,
                                 JobKind::kReproduce, JobKind::kStream, JobKind::kCollect};

class JobStoreTest : public ::testing::Test {
 protected:
  JobStoreTest() { Reopen(); }

  std::string Path() const { return dir_.path() + "/jobs.db"; }
  void Reopen() {
    store_.reset();
    auto opened = OpenSqliteJobStore(Path());
    ASSERT_TRUE(opened.ok()) << opened.status();
    store_ = std::move(*opened);
  }
  Job Insert(const Job& job) { return store_->Insert(job, 100).value().job; }
  Job Lease() { return store_->LeaseNext(kAllKinds, clock_.NowMs()).value().value(); }
  std::vector<uint64_t> Sequences(const std::string& id) {
    std::vector<uint64_t> all;
    const std::vector<JobEvent> events = store_->Events(id, 0, 1000).value();
    all.reserve(events.size());
    for (const JobEvent& event : events) all.push_back(event.sequence);
    return all;
  }

  TempDir dir_;
  FakeClock clock_;
  std::unique_ptr<JobStore> store_;
};

TEST_F(JobStoreTest, KeepsEveryFieldOfAJobOverAReopening) {
  Job job = NewJob("train-1", JobKind::kEvaluate, -7);
  job.request_id = "r'1";
  job.spec_json = "{\"a\":\"\xc3\xa9'\"}";
  job.max_failures = 5;
  job.setbacks = 3;
  Insert(job);
  Lease();
  JobProgress progress;
  progress.phase = "scoring";
  progress.fraction = 0.5;
  ASSERT_TRUE(store_->AddProgress("train-1", 1, progress, 77).ok());
  JobChange done = Change(JobAction::kSucceed, 99);
  done.result = "models/m/versions/3";
  done.result_json = "{\"nats\":28.5}";
  done.artifacts = {"report.html", "report.json"};
  ASSERT_TRUE(store_->Change("train-1", 1, done).ok());
  Reopen();
  const Job got = store_->Get("train-1").value();
  EXPECT_EQ(got.kind, JobKind::kEvaluate);
  EXPECT_EQ(got.state, JobState::kSucceeded);
  EXPECT_EQ(got.priority, -7);
  EXPECT_EQ(got.request_id, "r'1");
  EXPECT_EQ(got.spec_json, job.spec_json);
  EXPECT_EQ(got.max_failures, 5u);
  EXPECT_EQ(got.setbacks, 3u);
  EXPECT_EQ(got.created_ms, FakeClock::kStartMs);
  EXPECT_EQ(got.started_ms, FakeClock::kStartMs);
  EXPECT_EQ(got.leased_ms, FakeClock::kStartMs);
  EXPECT_EQ(got.ended_ms, 99);
  EXPECT_EQ(got.progress.phase, "scoring");
  EXPECT_EQ(got.result, done.result);
  EXPECT_EQ(got.result_json, done.result_json);
  EXPECT_THAT(got.artifacts, ElementsAre("report.html", "report.json"));
}

TEST_F(JobStoreTest, NumbersTheEventsOfEachJobWithoutGaps) {
  Insert(NewJob("a"));
  Insert(NewJob("b"));
  Lease();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(store_->AddProgress("a", 1, JobProgress(), i).ok());
    ASSERT_FALSE(store_->AddProgress("b", 1, JobProgress(), i).ok());
  }
  ASSERT_TRUE(store_->Change("a", 1, Failure(absl::NotFoundError("gone"))).ok());
  EXPECT_THAT(Sequences("a"), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(Sequences("b"), ElementsAre(1));
  const auto later = store_->Events("a", 4, 1).value();
  ASSERT_EQ(later.size(), 1u);
  EXPECT_EQ(later[0].sequence, 5u);
  EXPECT_TRUE(later[0].has_progress);
}

TEST_F(JobStoreTest, LeasesByPriorityThenByArrival) {
  Insert(NewJob("low", JobKind::kTrain, -1));
  Insert(NewJob("first", JobKind::kTrain, 0));
  Insert(NewJob("second", JobKind::kTrain, 0));
  Insert(NewJob("high", JobKind::kTrain, 9));
  std::vector<std::string> order;
  order.reserve(4);
  for (int i = 0; i < 4; ++i) order.push_back(Lease().id);
  EXPECT_THAT(order, ElementsAre("high", "first", "second", "low"));
  EXPECT_FALSE(store_->LeaseNext(kAllKinds, clock_.NowMs()).value().has_value());
}

TEST_F(JobStoreTest, LeasesACancelledCollectionThatHasNoWorkerOnceItIsDue) {
  Insert(NewJob("c", JobKind::kCollect));
  Lease();
  ASSERT_TRUE(store_->Change("c", 1, Change(JobAction::kCancel, clock_.NowMs())).ok());
  EXPECT_FALSE(store_->LeaseCancelled(clock_.NowMs()).value().has_value()) << "it has a worker";
  ASSERT_TRUE(store_->Change("c", 1, Failure(absl::UnavailableError("x"), clock_.NowMs())).ok());
  EXPECT_FALSE(store_->LeaseCancelled(clock_.NowMs()).value().has_value()) << "not due";
  EXPECT_EQ(store_->NextDueMs(clock_.NowMs()).value(), clock_.NowMs() + RetryDelayMs(1));
  clock_.AdvanceMs(RetryDelayMs(1));
  EXPECT_FALSE(store_->LeaseNext(kAllKinds, clock_.NowMs()).value().has_value()) << "nothing is queued";
  const Job leased = store_->LeaseCancelled(clock_.NowMs()).value().value();
  EXPECT_EQ(leased.state, JobState::kCancelling);
  EXPECT_EQ(leased.attempts, 2u);
  EXPECT_FALSE(store_->LeaseCancelled(clock_.NowMs()).value().has_value());
}

TEST_F(JobStoreTest, LeasesOnlyTheKindsThatWereAskedFor) {
  Insert(NewJob("train"));
  Insert(NewJob("import", JobKind::kImport));
  const JobKind imports[] = {JobKind::kImport};
  EXPECT_EQ(store_->LeaseNext(imports, clock_.NowMs()).value()->id, "import");
  EXPECT_FALSE(store_->LeaseNext(imports, clock_.NowMs()).value().has_value());
}

TEST_F(JobStoreTest, LetsAFailedJobWaitBeforeItsNextTryAndTakesOthersMeanwhile) {
  Insert(NewJob("a", JobKind::kTrain, 5));
  Insert(NewJob("b"));
  Lease();
  ASSERT_TRUE(store_->Change("a", 1, Failure(absl::InternalError("x"), clock_.NowMs())).ok());
  EXPECT_EQ(store_->NextDueMs(clock_.NowMs()).value(), clock_.NowMs() + RetryDelayMs(1));
  EXPECT_EQ(Lease().id, "b");
  EXPECT_FALSE(store_->LeaseNext(kAllKinds, clock_.NowMs()).value().has_value());
  clock_.AdvanceMs(RetryDelayMs(1));
  EXPECT_EQ(Lease().id, "a");
  EXPECT_FALSE(store_->NextDueMs(clock_.NowMs()).value().has_value());
}

TEST_F(JobStoreTest, RefusesWritesOfAnAttemptThatIsNotTheNewest) {
  Insert(NewJob("a"));
  Lease();
  ASSERT_TRUE(store_->Change("a", 1, Change(JobAction::kHandBack)).ok());
  Lease();
  EXPECT_EQ(store_->AddProgress("a", 1, JobProgress(), 0).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(store_->Change("a", 1, Change(JobAction::kSucceed)).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(store_->Get("a")->state, JobState::kRunning);
  EXPECT_TRUE(store_->Change("a", 2, Change(JobAction::kSucceed)).ok());
}

TEST_F(JobStoreTest, StoresNothingForATransitionThatDoesNotExist) {
  Insert(NewJob("a"));
  EXPECT_EQ(store_->Change("a", 0, Change(JobAction::kSucceed)).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Sequences("a"), ElementsAre(1));
}

TEST_F(JobStoreTest, AnswersTheSameJobForTheSameRequest) {
  Job first = NewJob("a");
  first.request_id = "r";
  Job again = NewJob("b");
  again.request_id = "r";
  Insert(first);
  const InsertedJob got = store_->Insert(again, 100).value();
  EXPECT_FALSE(got.inserted);
  EXPECT_EQ(got.job.id, "a");
  EXPECT_EQ(store_->Get("b").status().code(), absl::StatusCode::kNotFound);
  Job other = NewJob("c", JobKind::kImport);
  other.request_id = "r";
  EXPECT_EQ(store_->Insert(other, 100).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(JobStoreTest, RefusesAJobWhenTheQueueIsFullButStillAnswersAKnownRequest) {
  Job first = NewJob("a");
  first.request_id = "r";
  ASSERT_TRUE(store_->Insert(first, 1).ok());
  EXPECT_EQ(store_->Insert(NewJob("b"), 1).status().code(), absl::StatusCode::kResourceExhausted);
  Job again = NewJob("c");
  again.request_id = "r";
  EXPECT_EQ(store_->Insert(again, 1)->job.id, "a");
  Lease();
  EXPECT_TRUE(store_->Insert(NewJob("d"), 1).ok());
}

TEST_F(JobStoreTest, HandsBackTheJobsOfADeadServerWithoutAFailure) {
  Insert(NewJob("running"));
  Insert(NewJob("cancelling"));
  Insert(NewJob("queued"));
  Lease();
  Lease();
  ASSERT_TRUE(store_->Change("cancelling", 1, Change(JobAction::kCancel)).ok());
  Reopen();
  EXPECT_EQ(store_->HandBackAll(5, "the server restarted")->size(), 2u);
  EXPECT_EQ(store_->Get("running")->state, JobState::kQueued);
  EXPECT_EQ(store_->Get("running")->failures, 0u);
  EXPECT_EQ(store_->Get("running")->attempts, 1u);
  EXPECT_EQ(store_->Get("cancelling")->state, JobState::kCancelled);
  EXPECT_EQ(store_->Get("queued")->state, JobState::kQueued);
  EXPECT_EQ(store_->Events("running", 2, 10)->at(0).message, "the server restarted");
}

TEST_F(JobStoreTest, ListsNewestFirstInPagesAndByState) {
  for (int i = 0; i < 5; ++i) Insert(NewJob(absl::StrCat("j", i)));
  Lease();
  JobListQuery query;
  query.limit = 2;
  auto page = store_->List(query).value();
  EXPECT_EQ(page[0].id, "j4");
  query.before_number = page[1].number;
  EXPECT_EQ(store_->List(query)->at(0).id, "j2");
  JobListQuery running;
  running.states = {JobState::kRunning, JobState::kFailed};
  ASSERT_EQ(store_->List(running)->size(), 1u);
  EXPECT_EQ(store_->List(running)->at(0).id, "j0");
  EXPECT_EQ(store_->CountByState()->at(JobState::kQueued), 4);
}

TEST_F(JobStoreTest, LetsOnlyOneOfManyThreadsLeaseAJob) {
  for (int i = 0; i < 20; ++i) Insert(NewJob(absl::StrCat("j", i)));
  std::atomic<int> leased{0};
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      while (store_->LeaseNext(kAllKinds, clock_.NowMs()).value().has_value()) ++leased;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(leased, 20);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(store_->Get(absl::StrCat("j", i))->attempts, 1u);
}

TEST(SqliteJobStore, SaysWhatIsWrongWithADamagedFile) {
  TempDir dir;
  const std::string path = dir.path() + "/jobs.db";
  std::ofstream(path) << std::string(8192, 'x');
  const auto opened = OpenSqliteJobStore(path);
  ASSERT_EQ(opened.status().code(), absl::StatusCode::kDataLoss) << opened.status();
  EXPECT_THAT(std::string(opened.status().message()), HasSubstr(path));
}

TEST(SqliteJobStore, BringsAFileOfTheFirstProgramUpToDate) {
  TempDir dir;
  const std::string path = dir.path() + "/jobs.db";
  ASSERT_TRUE(OpenSqliteJobStore(path).value()->Insert(NewJob("a"), 10).ok());
  {
    soci::session sql(*soci::factory_sqlite3(), "db=" + path);
    sql << "ALTER TABLE jobs DROP COLUMN setbacks";
    sql << "ALTER TABLE jobs DROP COLUMN leased_ms";
    sql << "UPDATE schema_version SET version = 1";
  }
  const auto opened = OpenSqliteJobStore(path);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ((*opened)->Get("a")->setbacks, 0u);
  EXPECT_EQ((*opened)->Get("a")->leased_ms, 0);
}

TEST(SqliteJobStore, RefusesAFileOfANewerProgram) {
  TempDir dir;
  const std::string path = dir.path() + "/jobs.db";
  ASSERT_TRUE(OpenSqliteJobStore(path).ok());
  {
    soci::session sql(*soci::factory_sqlite3(), "db=" + path);
    sql << "UPDATE schema_version SET version = version + 1";
  }
  const auto opened = OpenSqliteJobStore(path);
  ASSERT_EQ(opened.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(opened.status().message()), HasSubstr("newer stanflowd"));
}

TEST(SqliteJobStore, OpensAPathWithASpace) {
  TempDir dir;
  EXPECT_TRUE(OpenSqliteJobStore(dir.path() + "/jobs of mine.db").ok());
  EXPECT_TRUE(std::filesystem::exists(dir.path() + "/jobs of mine.db"));
}

}  // namespace
}  // namespace stanflow
