// Jobs with real processes: workers, a server that is killed, a client whose server is killed.
#include <sys/file.h>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/jobs/job_folder.h"
#include "server/jobs/job_queue.h"
#include "server/jobs/job_runner.h"
#include "server/jobs/process_launcher.h"
#include "server/jobs/worker_protocol.h"
#include "tests/server/jobs/child_process.h"
#include "tests/server/jobs/job_testing.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

// The machine's clock, which a test may move on.
class SkippingClock : public Clock {
 public:
  int64_t NowMs() const override { return Clock::Real().NowMs() + skipped_ms_; }
  std::chrono::steady_clock::time_point SteadyNow() const override {
    return Clock::Real().SteadyNow() + std::chrono::milliseconds(skipped_ms_);
  }
  void SkipMs(int64_t ms) { skipped_ms_ += ms; }

 private:
  std::atomic<int64_t> skipped_ms_{0};
};

class JobProcessTest : public ::testing::Test {
 protected:
  JobProcessTest() {
    store_ = OpenSqliteJobStore(JobStorePath(dir_.path())).value();
    JobQueueOptions options;
    options.data_dir = dir_.path();
    queue_ = std::make_unique<JobQueue>(options, store_.get(), &clock_);
    MakeLauncher();
  }

  void MakeLauncher() {
    ProcessLauncherOptions launch;
    launch.program = Beside("stanflow_test_worker");
    launch.data_dir = dir_.path();
    launch.threads = 1;
    launcher_ = MakeProcessLauncher(launch).value();
  }

  void StartRunner() {
    JobRunnerOptions options;
    options.data_dir = dir_.path();
    JobRunnerHooks hooks;
    hooks.publish = [](const Job& job, const std::string&) -> absl::StatusOr<std::string> { return job.id; };
    hooks.changed = [this](const Job& job) {
      MutexLock lock(&mutex_);
      history_.push_back(job);
      changed_.NotifyAll();
    };
    runner_ = std::make_unique<JobRunner>(options, store_.get(), launcher_.get(), &clock_, hooks);
    queue_->SetWake([this] { runner_->Wake(); });
    ASSERT_TRUE(runner_->Recover().ok());
    runner_->Start();
  }

  std::string Submit(const std::string& what) {
    JobRequest request;
    request.spec_json = absl::StrCat("{\"do\":\"", what, "\"}");
    return queue_->Submit(request).value().id;
  }

  // Waits for a change after which `condition` holds of the job that changed; one that came before counts
  // too.
  Job WaitFor(const std::function<bool(const Job&)>& condition) {
    MutexLock lock(&mutex_);
    for (size_t next = 0;; ++next) {
      while (next == history_.size()) changed_.Wait(&mutex_);
      if (condition(history_[next])) return history_[next];
    }
  }
  Job WaitForState(JobState state) {
    return WaitFor([state](const Job& job) { return job.state == state; });
  }
  pid_t WaitForWorker() {
    const Job job = WaitFor([](const Job& j) { return j.progress.phase == "waiting"; });
    int pid = 0;
    EXPECT_TRUE(absl::SimpleAtoi(job.progress.message, &pid));
    return pid;
  }

  TempDir dir_;
  SkippingClock clock_;
  std::unique_ptr<JobStore> store_;
  std::unique_ptr<JobQueue> queue_;
  std::unique_ptr<WorkerLauncher> launcher_;
  Mutex mutex_;
  CondVar changed_;
  std::vector<Job> history_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<JobRunner> runner_;
};

TEST_F(JobProcessTest, RunsAJobInAWorkerOfItsOwn) {
  StartRunner();
  Submit("succeed");
  const Job job = WaitForState(JobState::kSucceeded);
  EXPECT_EQ(job.result_json, R"({"attempt":1})");
  EXPECT_THAT(job.artifacts, testing::ElementsAre("report.json"));
}

TEST_F(JobProcessTest, KeepsWhatLibrariesPrintOutOfTheProtocol) {
  StartRunner();
  const std::string id = Submit("chatter");
  EXPECT_EQ(WaitFor([](const Job& j) { return IsFinal(j.state) || j.failures > 0; }).state,
            JobState::kSucceeded);
  EXPECT_THAT(ReadFile(JobFolder(dir_.path(), id) + "/worker.log").value(), HasSubstr("a library prints"));
}

TEST_F(JobProcessTest, TellsAnErrorAnExceptionAndACrashApart) {
  StartRunner();
  Submit("nonsense");
  EXPECT_EQ(WaitForState(JobState::kFailed).error_message, "unknown job 'nonsense'");
  const std::string thrown = Submit("throw");
  EXPECT_THAT(WaitFor([&](const Job& j) { return j.id == thrown && j.failures == 1; }).error_message,
              HasSubstr("thrown by a library"));
  const std::string crash = Submit("crash");
  const Job job = WaitFor([&](const Job& j) { return j.id == crash && j.failures == 1; });
  EXPECT_EQ(job.state, JobState::kQueued);
  EXPECT_THAT(job.error_message, HasSubstr("signal 9"));
  EXPECT_THAT(job.error_message, HasSubstr("the last words of"));
}

TEST_F(JobProcessTest, LearnsOfACrashEvenIfItsParentIgnoredTheEndsOfChildren) {
  ::signal(SIGCHLD, SIG_IGN);
  MakeLauncher();
  StartRunner();
  Submit("crash");
  EXPECT_THAT(WaitFor([](const Job& j) { return j.failures == 1; }).error_message, HasSubstr("signal 9"));
}

TEST_F(JobProcessTest, TakesAWorkerWhoseEndIsUnknownForAFailedOne) {
  StartRunner();
  ::signal(SIGCHLD, SIG_IGN);
  Submit("succeed");
  const Job job = WaitFor([](const Job& j) { return IsFinal(j.state) || j.failures == 1; });
  ::signal(SIGCHLD, SIG_DFL);
  EXPECT_EQ(job.state, JobState::kQueued);
  EXPECT_THAT(job.error_message, HasSubstr("without a word"));
}

TEST_F(JobProcessTest, TriesAJobAgainWhoseWorkerWasKilled) {
  StartRunner();
  Submit("wait once");
  ::kill(WaitForWorker(), SIGKILL);
  WaitFor([](const Job& job) { return job.state == JobState::kQueued && job.failures == 1; });
  clock_.SkipMs(RetryDelayMs(1));
  runner_->Wake();
  const Job job = WaitForState(JobState::kSucceeded);
  EXPECT_EQ(job.attempts, 2u);
  EXPECT_EQ(job.result_json, R"({"attempt":2})");
}

TEST_F(JobProcessTest, StopsTheWorkerOfACancelledJob) {
  StartRunner();
  const std::string id = Submit("wait");
  WaitForWorker();
  EXPECT_EQ(queue_->Cancel(id)->state, JobState::kCancelling);
  EXPECT_EQ(WaitForState(JobState::kCancelled).failures, 0u);
}

TEST_F(JobProcessTest, HandsTheJobBackWhenTheServerDrains) {
  StartRunner();
  const std::string id = Submit("wait once");
  WaitForWorker();
  runner_->Drain(std::chrono::seconds(60));
  EXPECT_EQ(store_->Get(id)->state, JobState::kQueued);
  EXPECT_EQ(store_->Get(id)->failures, 0u);
  StartRunner();
  EXPECT_EQ(WaitForState(JobState::kSucceeded).attempts, 2u);
}

TEST_F(JobProcessTest, KillsTheWorkerWithItsServerAndGoesOnWithTheNextServer) {
  const std::string id = Submit("wait once");
  store_.reset();
  ChildProcess host({Beside("stanflow_job_host"), dir_.path(), Beside("stanflow_test_worker")});
  std::string line;
  std::vector<std::string> words;
  while (host.ReadLine(&line)) {
    words = absl::StrSplit(line, ' ');
    if (words.size() == 3 && !words[2].empty()) break;
  }
  ASSERT_EQ(words.size(), 3u);
  const auto second_server = LockDataFolder(dir_.path());
  EXPECT_THAT(std::string(second_server.status().message()), HasSubstr(absl::StrCat("pid ", host.pid())));
  host.Kill();
  // The worker holds this lock until it is dead; a worker that lives on would hold it for ever.
  ::alarm(60);
  const int fd = ::open((JobFolder(dir_.path(), id) + "/LOCK").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(::flock(fd, LOCK_EX), 0);
  ::alarm(0);
  ::close(fd);
  store_ = OpenSqliteJobStore(JobStorePath(dir_.path())).value();
  EXPECT_EQ(store_->Get(id)->state, JobState::kRunning);
  StartRunner();
  const Job job = WaitForState(JobState::kSucceeded);
  EXPECT_EQ(job.attempts, 2u);
  EXPECT_EQ(job.failures, 0u);
}

TEST(JobDurability, KeepsEveryAnsweredJobWhenItsServerIsKilled) {
  TempDir dir;
  std::vector<std::string> answered;
  {
    ChildProcess submitter({Beside("stanflow_job_submitter"), dir.path(), "100000"});
    std::string id;
    while (answered.size() < 50 && submitter.ReadLine(&id)) answered.push_back(id);
    submitter.Kill();
    while (submitter.ReadLine(&id)) answered.push_back(id);
  }
  ASSERT_GE(answered.size(), 50u);
  const auto store = OpenSqliteJobStore(JobStorePath(dir.path())).value();
  for (const std::string& id : answered) {
    const auto job = store->Get(id);
    ASSERT_TRUE(job.ok()) << job.status();
    EXPECT_EQ(job->state, JobState::kQueued);
    EXPECT_EQ(store->Events(id, 0, 10)->size(), 1u);
    EXPECT_EQ(ReadFile(JobFolder(dir.path(), id) + "/upload").value(), "bytes");
  }
}

TEST(WorkerProgram, DoesNothingWhenItsServerIsGoneAlready) {
  TempDir dir;
  ChildProcess worker({Beside("stanflow_test_worker"), "--kind=train", "--data-dir=" + dir.path(),
                       "--job-dir=" + dir.path(), "--attempt=1", "--parent-pid=1999999999"});
  const int status = worker.Wait();
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), static_cast<int>(WorkerExit::kOrphaned));
  EXPECT_FALSE(std::filesystem::exists(dir.path() + "/LOCK"));
}

TEST(WorkerProgram, RefusesAJobOfAKindThatItsBuildHasNot) {
  TempDir dir;
  ChildProcess worker({Beside("stanflow_test_worker"), "--kind=import", "--data-dir=" + dir.path(),
                       "--job-dir=" + dir.path(), "--attempt=1"});
  std::string line;
  absl::Status error;
  while (error.ok() && worker.ReadLine(&line)) error = ParseWorkerLine(line)->error;
  EXPECT_EQ(error.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(WEXITSTATUS(worker.Wait()), static_cast<int>(WorkerExit::kFailed));
}

TEST(ProcessLauncher, NamesAWorkerProgramThatIsNotThere) {
  ProcessLauncherOptions options;
  options.program = "/none/stanflow-worker";
  const auto launcher = MakeProcessLauncher(options);
  EXPECT_EQ(launcher.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(launcher.status().message()), HasSubstr("jobs.worker_program"));
}

}  // namespace
}  // namespace stanflow
