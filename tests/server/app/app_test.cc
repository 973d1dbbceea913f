#include "server/app/app.h"

#include "core/base/file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/app/job_hooks.h"
#include "server/app/pick_devices.h"
#include "server/jobs/job_folder.h"
#include "server/jobs/job_queue.h"
#include "server/rpc/status.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Engine NoEngine() {
  Engine engine;
  engine.load = [](const std::string&, const std::string&) -> absl::StatusOr<std::unique_ptr<Generator>> {
    return absl::UnimplementedError("no models here");
  };
  engine.validate_bundle = [](const std::string&) { return absl::OkStatus(); };
  engine.validate_train_options = [](const std::string&, const std::map<std::string, std::string>&) {
    return absl::OkStatus();
  };
  engine.libtorch = "none";
  return engine;
}

class AppTest : public ::testing::Test {
 protected:
  ServerConfig Config(const std::string& folder) {
    ServerConfig config;
    config.data_dir = dir_.File(folder);
    config.listen = config.metrics_listen = "127.0.0.1:0";
    config.devices = {"cpu"};
    config.jobs.worker_program = "/bin/true";
    return config;
  }
  static absl::StatusOr<std::unique_ptr<App>> Start(const ServerConfig& config) {
    return App::Start(config, NoEngine(), &Clock::Real());
  }

  TempDir dir_;
};

TEST_F(AppTest, TakesAFolderForItselfUntilItEnds) {
  auto first = Start(Config("data"));
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_GT((*first)->port(), 0);
  EXPECT_GT((*first)->metrics_port(), 0);
  const auto second = Start(Config("data"));
  EXPECT_TRUE(absl::IsFailedPrecondition(second.status())) << second.status();
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(dir_.File("data")));
  (*first)->Drain();
  first->reset();
  EXPECT_TRUE(Start(Config("data")).ok());
}

TEST_F(AppTest, NamesTheKeyOfAPortThatIsTaken) {
  auto first = Start(Config("data"));
  ASSERT_TRUE(first.ok()) << first.status();
  ServerConfig config = Config("other");
  config.listen = "127.0.0.1:" + std::to_string((*first)->port());
  const auto same_port = Start(config);
  EXPECT_TRUE(absl::IsFailedPrecondition(same_port.status()));
  EXPECT_THAT(std::string(same_port.status().message()),
              HasSubstr("listen: can't listen on " + config.listen));
  config = Config("other");
  config.metrics_listen = "127.0.0.1:" + std::to_string((*first)->metrics_port());
  const auto same_metrics = Start(config);
  EXPECT_TRUE(absl::IsFailedPrecondition(same_metrics.status()));
  EXPECT_THAT(std::string(same_metrics.status().message()), HasSubstr("metrics_listen: "));
}

TEST_F(AppTest, BeginsNoJobIfItsPortIsTaken) {
  const ServerConfig config = Config("data");
  std::string id;
  {
    const auto lock = LockDataFolder(config.data_dir);
    const auto store = OpenSqliteJobStore(JobStorePath(config.data_dir)).value();
    JobQueueOptions options;
    options.data_dir = config.data_dir;
    id = JobQueue(options, store.get(), &Clock::Real()).Submit(JobRequest()).value().id;
  }
  auto first = Start(Config("other"));
  ASSERT_TRUE(first.ok()) << first.status();
  ServerConfig taken = config;
  taken.listen = "127.0.0.1:" + std::to_string((*first)->port());
  EXPECT_FALSE(Start(taken).ok());
  const auto store = OpenSqliteJobStore(JobStorePath(config.data_dir)).value();
  EXPECT_EQ(store->Get(id)->attempts, 0u);
}

TEST_F(AppTest, RemovesNothingFromAFolderThatIsNotItsOwn) {
  for (const char* folder : {"home/uploads", "home/tmp", "home/jobs/mine"}) {
    ASSERT_TRUE(MakeDirectories(dir_.File(folder)).ok());
    dir_.Write(std::string(folder) + "/file", "precious");
  }
  const auto refused = Start(Config("home"));
  EXPECT_TRUE(absl::IsFailedPrecondition(refused.status())) << refused.status();
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("name a new or empty folder"));
  EXPECT_EQ(dir_.Read("home/uploads/file"), "precious");
  EXPECT_EQ(dir_.Read("home/tmp/file"), "precious");
  // Even if it is said to be one: no job store, no word of which folders belong to no job.
  dir_.Write("home/STANFLOW", "");
  EXPECT_TRUE(Start(Config("home")).ok());
  EXPECT_EQ(dir_.Read("home/jobs/mine/file"), "precious");
}

TEST_F(AppTest, PublishesWhatAJobMadeOnceAndTellsItsName) {
  ManualClock clock;
  DatasetRegistry datasets(dir_.path());
  ModelRegistryOptions options;
  options.data_dir = dir_.path();
  ModelRegistry models(options, NoEngine().load, NoEngine().validate_bundle, &clock);
  Job job;
  job.id = "train-1";
  job.kind = JobKind::kTrain;
  job.spec_json = R"({"model":"edge"})";
  ASSERT_TRUE(MakeDirectories(dir_.File("out/bundle")).ok());
  dir_.Write("out/bundle/manifest.json", "{}");
  for (int call = 0; call < 2; ++call) {
    const auto name = PublishJob(job, dir_.File("out"), &datasets, &models);
    ASSERT_TRUE(name.ok()) << name.status();
    EXPECT_EQ(*name, "models/edge/versions/1");
  }
  job.kind = JobKind::kEvaluate;
  EXPECT_EQ(*PublishJob(job, dir_.File("out"), &datasets, &models), "");
}

TEST(JobMetrics, CountsAJobOnceFromItsStartToItsEnd) {
  Metrics metrics("test", "none");
  JobMetrics jobs(&metrics);
  Job job;
  job.id = "train-1";
  job.kind = JobKind::kTrain;
  job.spec_json = R"({"model":"edge"})";
  job.created_ms = 1000;
  job.started_ms = 3000;
  job.attempts = 1;
  job.state = JobState::kRunning;
  jobs.Changed(job);
  job.progress.attribute = "bytes";
  job.progress.nats = 4.5;
  job.progress.rows_per_second = 900;
  jobs.Changed(job);
  EXPECT_THAT(metrics.Text(), HasSubstr("stanflow_training_rows_per_second{model=\"edge\"} 900\n"));
  job.state = JobState::kSucceeded;
  job.ended_ms = 10000;
  jobs.Changed(job);
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("stanflow_job_queue_wait_seconds_sum{kind=\"train\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("stanflow_job_duration_seconds_sum{kind=\"train\"} 7\n"));
  EXPECT_THAT(text,
              HasSubstr("stanflow_jobs_ended_total{code=\"OK\",kind=\"train\",state=\"SUCCEEDED\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("stanflow_training_validation_nats{attribute=\"bytes\",model=\"edge\"} 4.5\n"));
  EXPECT_THAT(text, Not(HasSubstr("stanflow_training_rows_per_second{"))) << "it trains no more";
}

TEST(JobMetrics, TellWhoseFaultAFailureWas) {
  Metrics metrics("test", "none");
  JobMetrics jobs(&metrics);
  Job job;
  job.id = "import-1";
  job.kind = JobKind::kImport;
  job.attempts = 1;
  job.state = JobState::kRunning;
  jobs.Changed(job);
  job.state = JobState::kFailed;
  job.error_code = "INVALID_ARGUMENT";
  jobs.Changed(job);
  EXPECT_THAT(
      metrics.Text(),
      HasSubstr("stanflow_jobs_ended_total{code=\"INVALID_ARGUMENT\",kind=\"import\",state=\"FAILED\"} 1\n"));
}

// Whatever the order in which the runner's and the queue's words come.
TEST(JobMetrics, ForgetsJobsThatWereCancelledWhileTheyWaited) {
  Metrics metrics("test", "none");
  JobMetrics jobs(&metrics);
  Job job;
  job.id = "train-1";
  job.attempts = 1;
  const auto tell = [&](JobState state) {
    job.state = state;
    jobs.Changed(job);
  };
  tell(JobState::kRunning);
  tell(JobState::kQueued);  // a retry
  EXPECT_EQ(jobs.running(), 0u);
  tell(JobState::kCancelled);
  job.id = "train-2";
  tell(JobState::kRunning);
  job.attempts = 0;
  tell(JobState::kQueued);  // its submit, late
  job.attempts = 1;
  tell(JobState::kRunning);  // progress
  tell(JobState::kCancelling);
  tell(JobState::kRunning);  // the last progress
  tell(JobState::kCancelled);
  EXPECT_EQ(jobs.running(), 0u);
  const std::string text = metrics.Text();
  EXPECT_THAT(
      text,
      HasSubstr("stanflow_jobs_ended_total{code=\"CANCELLED\",kind=\"train\",state=\"CANCELLED\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("stanflow_job_queue_wait_seconds_count{kind=\"train\"} 2\n"));
}

TEST(PickDevices, TakesAllForAutoAndNamesWhatThereIsForOthers) {
  EXPECT_THAT(*PickDevices({"auto"}, {"cuda:0", "cuda:1"}), ElementsAre("cuda:0", "cuda:1"));
  EXPECT_THAT(*PickDevices({"auto"}, {"cpu"}), ElementsAre("cpu"));
  EXPECT_THAT(*PickDevices({"cpu", "auto"}, {"cuda:0"}), ElementsAre("cpu", "cuda:0"));
  const auto missing = PickDevices({"cuda:7"}, {"cuda:0"});
  EXPECT_TRUE(absl::IsInvalidArgument(missing.status()));
  EXPECT_THAT(std::string(missing.status().message()), HasSubstr("auto, cpu, cuda:0"));
  EXPECT_FALSE(PickDevices({}, {"cpu"}).ok());
}

}  // namespace
}  // namespace stanflow
