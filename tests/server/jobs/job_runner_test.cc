#include "server/jobs/job_runner.h"

#include <signal.h>

#include <fstream>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/jobs/job_folder.h"
#include "server/jobs/job_queue.h"
#include "tests/server/jobs/fake_launcher.h"
#include "tests/server/jobs/job_testing.h"

namespace stanflow {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A store whose disk can be full.
class FullableStore : public JobStore {
 public:
  explicit FullableStore(std::unique_ptr<JobStore> store) : store_(std::move(store)) {}
  bool full = false;

  absl::StatusOr<InsertedJob> Insert(const Job& job, size_t most) override {
    return store_->Insert(job, most);
  }
  absl::StatusOr<Job> Get(const std::string& id) override { return store_->Get(id); }
  absl::StatusOr<std::optional<Job>> FindRequest(const std::string& r) override {
    return store_->FindRequest(r);
  }
  absl::StatusOr<std::vector<Job>> List(const JobListQuery& query) override { return store_->List(query); }
  absl::StatusOr<std::vector<JobEvent>> Events(const std::string& id, uint64_t after, size_t limit) override {
    return store_->Events(id, after, limit);
  }
  absl::StatusOr<Job> Change(const std::string& id, uint32_t attempt, const JobChange& change) override {
    if (full) return absl::ResourceExhaustedError("disk full");
    return store_->Change(id, attempt, change);
  }
  absl::Status AddProgress(const std::string& id, uint32_t attempt, const JobProgress& p,
                           int64_t now) override {
    if (full) return absl::ResourceExhaustedError("disk full");
    return store_->AddProgress(id, attempt, p, now);
  }
  absl::StatusOr<std::optional<Job>> LeaseNext(absl::Span<const JobKind> kinds, int64_t now_ms) override {
    if (full) return absl::ResourceExhaustedError("disk full");
    return store_->LeaseNext(kinds, now_ms);
  }
  absl::StatusOr<std::optional<Job>> LeaseCancelled(int64_t now_ms) override {
    if (full) return absl::ResourceExhaustedError("disk full");
    return store_->LeaseCancelled(now_ms);
  }
  absl::StatusOr<std::optional<int64_t>> NextDueMs(int64_t now_ms) override {
    return store_->NextDueMs(now_ms);
  }
  absl::StatusOr<std::vector<Job>> HandBackAll(int64_t now_ms, const std::string& message) override {
    return store_->HandBackAll(now_ms, message);
  }
  absl::StatusOr<std::map<JobState, int64_t>> CountByState() override { return store_->CountByState(); }
  absl::StatusOr<std::optional<int64_t>> OldestQueuedMs() override { return store_->OldestQueuedMs(); }

 private:
  const std::unique_ptr<JobStore> store_;
};

class JobRunnerTest : public ::testing::Test {
 protected:
  JobRunnerTest() {
    store_ = std::make_unique<FullableStore>(OpenSqliteJobStore(JobStorePath(dir_.path())).value());
    JobQueueOptions options;
    options.data_dir = dir_.path();
    options.max_failures = 3;
    queue_ = std::make_unique<JobQueue>(options, store_.get(), &clock_);
    options_.data_dir = dir_.path();
    Restart();
  }

  // A server's death and a new one's start, as far as jobs see it.
  void Restart() {
    runner_.reset();
    JobRunnerHooks hooks;
    hooks.publish = [this](const Job& job, const std::string& out_dir) -> absl::StatusOr<std::string> {
      published_.push_back(job.id);
      if (!publish_error_.ok()) return publish_error_;
      if (in_publish_) in_publish_(job);
      return absl::StrCat("models/", job.id);
    };
    hooks.changed = [this](const Job& job) { changes_.push_back(JobStateName(job.state)); };
    hooks.sink_report = [this](const Job&, const SinkReport& report) {
      reported_flows_.push_back(report.flows);
    };
    hooks.publish_so_far = [this](const Job& job, const std::string&) {
      published_.push_back(job.id);
      return publish_error_;
    };
    hooks.collection_report = [this](const Job&, const CollectionReport& report) {
      reported_flows_.push_back(report.flows);
    };
    runner_ = std::make_unique<JobRunner>(options_, store_.get(), &launcher_, &clock_, hooks);
    ASSERT_TRUE(runner_->Recover().ok());
  }

  std::string Submit(JobKind kind = JobKind::kTrain, int32_t priority = 0) {
    JobRequest request;
    request.kind = kind;
    request.priority = priority;
    request.spec_json = R"({"x":1})";
    return queue_->Submit(request).value().id;
  }
  Job Get(const std::string& id) { return store_->Get(id).value(); }
  std::string Folder(const std::string& id) { return JobFolder(dir_.path(), id); }
  void FinishWork(FakeWorker* worker, const std::string& result = R"({"nats":1})") {
    fs::create_directories(worker->command.job_folder + "/out");
    std::ofstream(worker->command.job_folder + "/out/report.json") << "{}";
    std::ofstream(worker->command.job_folder + "/result.json") << result;
    worker->Exit(WorkerExit::kDone);
  }

  TempDir dir_;
  FakeClock clock_;
  FakeLauncher launcher_;
  JobRunnerOptions options_;
  absl::Status publish_error_;
  std::function<void(const Job&)> in_publish_;
  std::vector<std::string> published_, changes_;
  std::vector<uint64_t> reported_flows_;
  std::unique_ptr<FullableStore> store_;
  std::unique_ptr<JobQueue> queue_;
  std::unique_ptr<JobRunner> runner_;
};

TEST_F(JobRunnerTest, TakesAJobFromTheQueueToItsPublishedResult) {
  const std::string id = Submit();
  runner_->Step();
  ASSERT_EQ(launcher_.workers.size(), 1u);
  EXPECT_EQ(launcher_.newest().command.attempt, 1u);
  EXPECT_EQ(launcher_.newest().command.job_folder, Folder(id));
  EXPECT_EQ(ReadFile(Folder(id) + "/spec.json").value(), R"({"x":1})");
  JobProgress progress;
  progress.phase = "training";
  progress.fraction = 0.5;
  launcher_.newest().Line(ProgressLine(progress));
  EXPECT_EQ(Get(id).progress.phase, "training");
  FinishWork(&launcher_.newest());
  runner_->Step();
  const Job job = Get(id);
  EXPECT_EQ(job.state, JobState::kSucceeded);
  EXPECT_EQ(job.result, "models/" + id);
  EXPECT_EQ(job.result_json, R"({"nats":1})");
  EXPECT_THAT(job.artifacts, ElementsAre("report.json"));
  EXPECT_EQ(runner_->running(), 0u);
  EXPECT_THAT(changes_, ElementsAre("RUNNING", "RUNNING", "RUNNING", "SUCCEEDED"));
}

TEST_F(JobRunnerTest, RunsOneTrainingAtATimeByPriorityAndAnImportBesideIt) {
  const std::string low = Submit(JobKind::kTrain, 0);
  const std::string high = Submit(JobKind::kEvaluate, 5);
  const std::string import = Submit(JobKind::kImport, -9);
  const std::string second_import = Submit(JobKind::kImport, -9);
  runner_->Step();
  EXPECT_EQ(Get(high).state, JobState::kRunning);
  EXPECT_EQ(Get(import).state, JobState::kRunning);
  EXPECT_EQ(Get(low).state, JobState::kQueued);
  EXPECT_EQ(Get(second_import).state, JobState::kQueued);
  FinishWork(launcher_.workers[0].get());
  runner_->Step();
  EXPECT_EQ(Get(low).state, JobState::kRunning);
}

TEST_F(JobRunnerTest, RunsStreamsBesideAllThatAndAsManyAsAreAllowed) {
  options_.max_streams = 2;
  Restart();
  const std::string training = Submit(JobKind::kTrain);
  const std::string first = Submit(JobKind::kStream), second = Submit(JobKind::kStream),
                    third = Submit(JobKind::kStream);
  runner_->Step();
  for (const std::string& id : {training, first, second}) EXPECT_EQ(Get(id).state, JobState::kRunning);
  EXPECT_EQ(Get(third).state, JobState::kQueued);
}

TEST_F(JobRunnerTest, PassesOnWhatAStreamTellsOfItsSinkAndRenewsItsLease) {
  Submit(JobKind::kStream);
  runner_->Step();
  clock_.AdvanceMs(options_.lease.count() - 1);
  SinkReport report;
  report.sink = "ipfix";
  report.flows = 12;
  launcher_.newest().Line(SinkLine(report));
  clock_.AdvanceMs(options_.lease.count() - 1);
  runner_->Step();
  EXPECT_FALSE(launcher_.newest().killed);
  EXPECT_THAT(reported_flows_, ElementsAre(12));
}

TEST_F(JobRunnerTest, PublishesWhatACollectionHasSoFarAndAnswersItsWorker) {
  const std::string id = Submit(JobKind::kCollect);
  runner_->Step();
  launcher_.newest().Line(PublishLine());
  EXPECT_TRUE(ParsePublishAnswer(ReadFile(Folder(id) + "/published").value()).ok());
  publish_error_ = absl::AlreadyExistsError("there is another");
  launcher_.newest().Line(PublishLine());
  const absl::Status answer = ParsePublishAnswer(ReadFile(Folder(id) + "/published").value());
  EXPECT_EQ(answer, publish_error_);
  EXPECT_THAT(published_, ElementsAre(id, id));
  EXPECT_EQ(Get(id).state, JobState::kRunning);
  CollectionReport report;
  report.flows = 12;
  launcher_.newest().Line(CollectionLine(report));
  EXPECT_THAT(reported_flows_, ElementsAre(12));
}

TEST_F(JobRunnerTest, LeavesACancelledCollectionTheTimeToPublish) {
  options_.max_collections = 1;
  Restart();
  const std::string id = Submit(JobKind::kCollect), second = Submit(JobKind::kCollect);
  runner_->Step();
  EXPECT_EQ(Get(second).state, JobState::kQueued);
  ASSERT_TRUE(queue_->Cancel(id).ok());
  runner_->Step();
  EXPECT_TRUE(launcher_.newest().terminated);
  for (int i = 0; i < 100; ++i) {
    clock_.AdvanceMs(options_.cancel_grace.count());
    launcher_.newest().Line(HeartbeatLine());
    runner_->Step();
  }
  EXPECT_FALSE(launcher_.newest().killed);
  launcher_.newest().Line(PublishLine());
  launcher_.newest().Exit(WorkerExit::kHandedBack);
  runner_->Step();
  EXPECT_EQ(Get(id).state, JobState::kCancelled);
  EXPECT_EQ(Get(second).state, JobState::kRunning);
}

TEST_F(JobRunnerTest, StartsACancelledCollectionAgainUntilItsWorkerHasPublished) {
  const std::string id = Submit(JobKind::kCollect);
  runner_->Step();
  ASSERT_TRUE(queue_->Cancel(id).ok());
  fs::create_directories(Folder(id) + "/checkpoint");
  Restart();
  EXPECT_EQ(Get(id).state, JobState::kCancelling);
  runner_->Step();
  ASSERT_EQ(launcher_.workers.size(), 2u);
  EXPECT_TRUE(launcher_.newest().command.cancelled);
  // One that dies of SIGTERM has published nothing.
  launcher_.newest().DieOf(SIGTERM);
  runner_->Step();
  ASSERT_EQ(launcher_.workers.size(), 3u);
  EXPECT_TRUE(fs::exists(Folder(id) + "/checkpoint"));
  launcher_.newest().Exit(WorkerExit::kHandedBack);
  runner_->Step();
  EXPECT_EQ(Get(id).state, JobState::kCancelled);
  EXPECT_FALSE(fs::exists(Folder(id) + "/checkpoint"));
}

TEST_F(JobRunnerTest, GivesACollectionThatIsCancelledWhileItWaitsAWorkerToPublish) {
  const std::string id = Submit(JobKind::kCollect);
  runner_->Step();
  EXPECT_FALSE(launcher_.newest().command.cancelled);
  Restart();
  EXPECT_EQ(Get(id).state, JobState::kQueued);
  ASSERT_TRUE(queue_->Cancel(id).ok());
  runner_->Step();
  ASSERT_EQ(launcher_.workers.size(), 2u);
  EXPECT_TRUE(launcher_.newest().command.cancelled);
  for (int i = 0; i < 100; ++i) {
    clock_.AdvanceMs(options_.cancel_grace.count());
    launcher_.newest().Line(HeartbeatLine());
    runner_->Step();
  }
  EXPECT_FALSE(launcher_.newest().killed);
}

TEST_F(JobRunnerTest, LetsACancelledCollectionPublishWhileOthersHoldAllPlaces) {
  options_.max_collections = 1;
  Restart();
  const std::string id = Submit(JobKind::kCollect), other = Submit(JobKind::kCollect);
  runner_->Step();
  launcher_.newest().Line(ErrorLine(absl::UnavailableError("the port is taken")));
  launcher_.newest().Exit(WorkerExit::kFailed);
  runner_->Step();
  EXPECT_EQ(Get(id).state, JobState::kQueued);
  EXPECT_EQ(Get(other).state, JobState::kRunning);
  ASSERT_TRUE(queue_->Cancel(id).ok());
  clock_.AdvanceMs(RetryDelayMs(1));
  launcher_.newest().Line(HeartbeatLine());
  runner_->Step();
  ASSERT_EQ(launcher_.workers.size(), 3u);
  EXPECT_TRUE(launcher_.newest().command.cancelled);
  launcher_.newest().Exit(WorkerExit::kHandedBack);
  runner_->Step();
  EXPECT_EQ(Get(id).state, JobState::kCancelled);
  EXPECT_EQ(Get(other).state, JobState::kRunning);
}

TEST_F(JobRunnerTest, KillsACollectionThatItCannotAnswerThoughItIsCancelled) {
  const std::string id = Submit(JobKind::kCollect);
  runner_->Step();
  fs::create_directories(Folder(id) + "/published/full");
  launcher_.newest().Line(PublishLine());
  ASSERT_TRUE(queue_->Cancel(id).ok());
  runner_->Step();
  EXPECT_TRUE(launcher_.newest().killed);
}

TEST_F(JobRunnerTest, SetsBackACollectionThatItCannotAnswerWithTheReason) {
  const std::string id = Submit(JobKind::kCollect);
  runner_->Step();
  // No file can take this name.
  fs::create_directories(Folder(id) + "/published/full");
  launcher_.newest().Line(PublishLine());
  runner_->Step();
  EXPECT_TRUE(launcher_.newest().killed);
  launcher_.newest().DieOf(SIGKILL);
  runner_->Step();
  EXPECT_EQ(Get(id).state, JobState::kQueued);
  EXPECT_THAT(Get(id).error_message, HasSubstr("published"));
}

TEST_F(JobRunnerTest, TriesAgainAfterACrashOnceItsDelayHasPassedUntilNoneIsLeft) {
  const std::string id = Submit();
  for (uint32_t attempt = 1; attempt <= 3; ++attempt) {
    runner_->Step();
    ASSERT_EQ(launcher_.workers.size(), attempt);
    EXPECT_EQ(launcher_.newest().command.attempt, attempt);
    std::ofstream(Folder(id) + "/worker.log", std::ios::app) << "last words " << attempt << "\n";
    launcher_.newest().DieOf(SIGSEGV);
    const auto next = runner_->Step();
    EXPECT_EQ(launcher_.workers.size(), attempt);
    if (attempt < 3) {
      EXPECT_EQ(next, clock_.SteadyNow() + std::chrono::milliseconds(RetryDelayMs(attempt)));
    }
    clock_.AdvanceMs(RetryDelayMs(attempt));
  }
  runner_->Step();
  const Job job = Get(id);
  EXPECT_EQ(job.state, JobState::kFailed);
  EXPECT_EQ(job.failures, 3u);
  EXPECT_EQ(job.error_code, "INTERNAL");
  EXPECT_THAT(job.error_message, HasSubstr("last words 3"));
  EXPECT_THAT(job.error_message, testing::Not(HasSubstr("last words 2")));
  EXPECT_EQ(launcher_.workers.size(), 3u);
}

TEST_F(JobRunnerTest, FailsAtOnceOnAnErrorThatNoTryCanMend) {
  const std::string id = Submit();
  runner_->Step();
  launcher_.newest().Line(ErrorLine(absl::InvalidArgumentError("row 3: no such column")));
  launcher_.newest().Exit(WorkerExit::kFailed);
  runner_->Step();
  EXPECT_EQ(Get(id).state, JobState::kFailed);
  EXPECT_EQ(Get(id).error_code, "INVALID_ARGUMENT");
  EXPECT_EQ(Get(id).error_message, "row 3: no such column");
}

TEST_F(JobRunnerTest, AsksACancelledWorkerToStopAndKillsItAfterTheGrace) {
  const std::string id = Submit();
  runner_->Step();
  EXPECT_EQ(queue_->Cancel(id)->state, JobState::kCancelling);
  runner_->Step();
  EXPECT_TRUE(launcher_.newest().terminated);
  EXPECT_FALSE(launcher_.newest().killed);
  launcher_.newest().Line(HeartbeatLine());
  clock_.AdvanceMs(options_.cancel_grace.count());
  runner_->Step();
  EXPECT_TRUE(launcher_.newest().killed);
  launcher_.newest().DieOf(SIGKILL);
  runner_->Step();
  EXPECT_EQ(Get(id).state, JobState::kCancelled);
  EXPECT_EQ(Get(id).failures, 0u);
  EXPECT_TRUE(published_.empty());
}

TEST_F(JobRunnerTest, PublishesNothingOfAJobThatWasCancelledBeforeItsWorkerEnded) {
  const std::string id = Submit();
  runner_->Step();
  queue_->Cancel(id).value();
  FinishWork(&launcher_.newest());
  runner_->Step();
  EXPECT_EQ(Get(id).state, JobState::kCancelled);
  EXPECT_TRUE(published_.empty());
}

TEST_F(JobRunnerTest, LetsACancelDuringPublishingComeTooLate) {
  const std::string id = Submit();
  runner_->Step();
  in_publish_ = [&](const Job& job) { EXPECT_EQ(queue_->Cancel(job.id)->state, JobState::kRunning); };
  FinishWork(&launcher_.newest());
  runner_->Step();
  EXPECT_EQ(Get(id).state, JobState::kSucceeded);
}

TEST_F(JobRunnerTest, KillsAWorkerThatGoesSilentAndCountsThatAsAFailure) {
  const std::string id = Submit();
  runner_->Step();
  clock_.AdvanceMs(options_.lease.count() - 1);
  launcher_.newest().Line(HeartbeatLine());
  clock_.AdvanceMs(options_.lease.count() - 1);
  runner_->Step();
  EXPECT_FALSE(launcher_.newest().killed);
  clock_.AdvanceMs(1);
  runner_->Step();
  EXPECT_TRUE(launcher_.newest().killed);
  launcher_.newest().DieOf(SIGKILL);
  runner_->Step();
  EXPECT_EQ(Get(id).state, JobState::kQueued);
  EXPECT_EQ(Get(id).failures, 1u);
  EXPECT_EQ(Get(id).error_code, "DEADLINE_EXCEEDED");
}

TEST_F(JobRunnerTest, RenewsNoLeaseForLinesThatNoWorkerPrints) {
  Submit();
  runner_->Step();
  clock_.AdvanceMs(options_.lease.count());
  launcher_.newest().Line("hello");
  runner_->Step();
  EXPECT_TRUE(launcher_.newest().killed);
}

TEST_F(JobRunnerTest, HandsJobsBackWithoutAFailureWhenItDrains) {
  const std::string id = Submit();
  const std::string waiting = Submit();
  runner_->Step();
  runner_->BeginDrain(std::chrono::seconds(5));
  runner_->Step();
  EXPECT_TRUE(launcher_.newest().terminated);
  launcher_.newest().Exit(WorkerExit::kHandedBack);
  runner_->Step();
  EXPECT_EQ(Get(id).state, JobState::kQueued);
  EXPECT_EQ(Get(id).failures, 0u);
  EXPECT_EQ(Get(id).not_before_ms, 0);
  EXPECT_EQ(Get(waiting).attempts, 0u);
  EXPECT_EQ(launcher_.workers.size(), 1u);
}

TEST_F(JobRunnerTest, KillsWorkersThatOutlastTheDrainWithoutAFailure) {
  const std::string id = Submit();
  runner_->Step();
  runner_->BeginDrain(std::chrono::seconds(5));
  runner_->Step();
  EXPECT_FALSE(launcher_.newest().killed);
  clock_.AdvanceMs(5000);
  runner_->Step();
  EXPECT_TRUE(launcher_.newest().killed);
  launcher_.newest().DieOf(SIGKILL);
  runner_->Step();
  EXPECT_EQ(Get(id).state, JobState::kQueued);
  EXPECT_EQ(Get(id).failures, 0u);
}

TEST_F(JobRunnerTest, GoesOnAfterARestartWithANewAttemptAndNoFailure) {
  const std::string running = Submit();
  runner_->Step();
  const std::string cancelling = Submit(JobKind::kImport);
  runner_->Step();
  queue_->Cancel(cancelling).value();
  Restart();
  EXPECT_EQ(Get(running).state, JobState::kQueued);
  EXPECT_EQ(Get(cancelling).state, JobState::kCancelled);
  runner_->Step();
  EXPECT_EQ(Get(running).state, JobState::kRunning);
  EXPECT_EQ(Get(running).attempts, 2u);
  EXPECT_EQ(Get(running).failures, 0u);
}

TEST_F(JobRunnerTest, PublishesAgainUnderTheSameIdWhenTheServerDiedInTheMiddle) {
  const std::string id = Submit();
  runner_->Step();
  JobChange publish = Change(JobAction::kPublish);
  ASSERT_TRUE(store_->Change(id, 1, publish).ok());
  Restart();
  // What may have a name already can't be cancelled any more.
  EXPECT_EQ(queue_->Cancel(id)->state, JobState::kQueued);
  runner_->Step();
  FinishWork(&launcher_.newest());
  runner_->Step();
  EXPECT_EQ(Get(id).state, JobState::kSucceeded);
  EXPECT_THAT(published_, ElementsAre(id));
}

TEST_F(JobRunnerTest, TriesAgainWhenPublishingFailsAndFailsWhenThatCannotHelp) {
  const std::string id = Submit();
  publish_error_ = absl::ResourceExhaustedError("disk full");
  runner_->Step();
  FinishWork(&launcher_.newest());
  runner_->Step();
  EXPECT_EQ(Get(id).state, JobState::kQueued);
  EXPECT_EQ(Get(id).error_message, "disk full");
  clock_.AdvanceMs(kSetBackDelayMs);
  publish_error_ = absl::AlreadyExistsError("dataset 'd' exists");
  runner_->Step();
  FinishWork(&launcher_.newest());
  runner_->Step();
  EXPECT_EQ(Get(id).state, JobState::kFailed);
  EXPECT_EQ(Get(id).error_code, "ALREADY_EXISTS");
}

TEST_F(JobRunnerTest, CountsAWorkerThatCannotBeStartedAsAFailure) {
  const std::string id = Submit();
  launcher_.next_error = absl::InternalError("no memory");
  runner_->Step();
  runner_->Step();
  EXPECT_EQ(Get(id).failures, 1u);
  EXPECT_EQ(Get(id).error_message, "no memory");
  EXPECT_EQ(runner_->running(), 0u);
}

TEST_F(JobRunnerTest, KeepsTheCheckpointOfAJobWhoseDiskIsFullForAWhile) {
  const std::string id = Submit();
  for (uint32_t attempt = 1; attempt <= 5; ++attempt) {
    runner_->Step();
    ASSERT_EQ(launcher_.workers.size(), attempt);
    fs::create_directories(Folder(id) + "/checkpoint");
    launcher_.newest().Line(ErrorLine(absl::ResourceExhaustedError("disk full")));
    launcher_.newest().Exit(WorkerExit::kFailed);
    runner_->Step();
    EXPECT_EQ(launcher_.workers.size(), attempt);
    clock_.AdvanceMs(kSetBackDelayMs);
  }
  EXPECT_TRUE(fs::exists(Folder(id) + "/checkpoint"));
  EXPECT_EQ(Get(id).state, JobState::kQueued);
  EXPECT_EQ(Get(id).failures, 0u);
}

TEST_F(JobRunnerTest, WaitsBeforeItTakesUpAJobWhoseWorkerSomebodyElseStopped) {
  const std::string id = Submit();
  runner_->Step();
  launcher_.newest().Exit(WorkerExit::kHandedBack);
  runner_->Step();
  EXPECT_EQ(launcher_.workers.size(), 1u);
  EXPECT_EQ(Get(id).failures, 0u);
  EXPECT_EQ(Get(id).setbacks, 1u);
  EXPECT_EQ(Get(id).not_before_ms, clock_.NowMs() + RetryDelayMs(1));
  clock_.AdvanceMs(RetryDelayMs(1));
  runner_->Step();
  EXPECT_EQ(launcher_.workers.size(), 2u);
}

TEST_F(JobRunnerTest, TakesAWorkersStopForItsOwnWhenAllAreStoppedTogether) {
  const std::string id = Submit();
  runner_->Step();
  launcher_.newest().Exit(WorkerExit::kHandedBack);
  runner_->BeginDrain(std::chrono::seconds(5));
  runner_->Step();
  EXPECT_EQ(Get(id).state, JobState::kQueued);
  EXPECT_EQ(Get(id).setbacks, 0u);
  EXPECT_EQ(Get(id).not_before_ms, 0);
}

TEST_F(JobRunnerTest, TellsOfTheJobsThatItRecovers) {
  const std::string running = Submit();
  const std::string cancelling = Submit(JobKind::kImport);
  runner_->Step();
  queue_->Cancel(cancelling).value();
  changes_.clear();
  Restart();
  EXPECT_THAT(changes_, ElementsAre("QUEUED", "CANCELLED"));
}

TEST_F(JobRunnerTest, BelievesNoWorkerThatLeavesNoResult) {
  const std::string id = Submit();
  runner_->Step();
  launcher_.newest().Exit(WorkerExit::kDone);
  runner_->Step();
  EXPECT_EQ(Get(id).failures, 1u);
  EXPECT_THAT(Get(id).error_message, HasSubstr("result.json"));
}

TEST_F(JobRunnerTest, RemovesLeftoversAtTheEndAndFoldersOfNoJobAtTheStart) {
  const std::string id = Submit();
  runner_->Step();
  fs::create_directories(Folder(id) + "/checkpoint");
  fs::create_directories(Folder(id) + "/out/dataset.arrival");
  std::ofstream(Folder(id) + "/upload") << "x";
  FinishWork(&launcher_.newest());
  runner_->Step();
  EXPECT_FALSE(fs::exists(Folder(id) + "/checkpoint"));
  EXPECT_FALSE(fs::exists(Folder(id) + "/upload"));
  EXPECT_FALSE(fs::exists(Folder(id) + "/out/dataset.arrival"));
  EXPECT_TRUE(fs::exists(Folder(id) + "/out/report.json"));
  fs::create_directories(Folder("import-orphan"));
  fs::create_directories(Folder(id) + "/out/bundle");
  std::ofstream(Folder(id) + "/upload") << "x";
  Restart();
  EXPECT_FALSE(fs::exists(Folder("import-orphan")));
  EXPECT_FALSE(fs::exists(Folder(id) + "/upload"));
  EXPECT_FALSE(fs::exists(Folder(id) + "/out/bundle"));
  EXPECT_TRUE(fs::exists(Folder(id) + "/out/report.json"));
}

TEST_F(JobRunnerTest, LeavesFoldersAloneWhereItIsTheStoreThatIsMissing) {
  options_.sweep_folders = false;
  fs::create_directories(Folder("import-orphan"));
  Restart();
  EXPECT_TRUE(fs::exists(Folder("import-orphan")));
}

TEST_F(JobRunnerTest, StoresAJobsEndOnceTheDiskHasRoomAgain) {
  const std::string id = Submit();
  runner_->Step();
  store_->full = true;
  launcher_.newest().Line(ProgressLine(JobProgress()));
  FinishWork(&launcher_.newest());
  const auto next = runner_->Step();
  EXPECT_EQ(Get(id).state, JobState::kRunning);
  EXPECT_EQ(runner_->running(), 1u);
  store_->full = false;
  EXPECT_GT(next, clock_.SteadyNow());
  clock_.AdvanceMs(std::chrono::duration_cast<std::chrono::milliseconds>(next - clock_.SteadyNow()).count());
  runner_->Step();
  EXPECT_EQ(Get(id).state, JobState::kSucceeded);
  EXPECT_EQ(Get(id).failures, 0u);
}

TEST_F(JobRunnerTest, LeasesAgainOnceTheDiskHasRoomAgain) {
  const std::string id = Submit();
  store_->full = true;
  const auto next = runner_->Step();
  EXPECT_EQ(Get(id).state, JobState::kQueued);
  EXPECT_LE(next, clock_.SteadyNow() + std::chrono::seconds(5));
  store_->full = false;
  runner_->Step();
  EXPECT_EQ(Get(id).state, JobState::kRunning);
}

TEST_F(JobRunnerTest, ForgetsAnAttemptThatIsNotTheNewestAnyMore) {
  const std::string id = Submit();
  runner_->Step();
  ASSERT_TRUE(store_->Change(id, 1, Change(JobAction::kHandBack)).ok());
  const JobKind kinds[] = {JobKind::kTrain};
  ASSERT_TRUE(store_->LeaseNext(kinds, clock_.NowMs())->has_value());
  FinishWork(&launcher_.newest());
  runner_->Step();
  EXPECT_EQ(Get(id).state, JobState::kRunning);
  EXPECT_EQ(Get(id).attempts, 2u);
  EXPECT_TRUE(published_.empty());
}

}  // namespace
}  // namespace stanflow
