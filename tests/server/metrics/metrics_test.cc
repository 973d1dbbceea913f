#include "server/metrics/metrics.h"

#include <cstdlib>
#include <regex>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

PolledMetrics SomePolled() {
  PolledMetrics polled;
  polled.jobs = {{JobState::kQueued, 3}, {JobState::kRunning, 1}};
  polled.oldest_queued_seconds = 12.5;
  polled.running_jobs = {{"job-1", JobKind::kTrain, 0.25, 90}, {"job-2", JobKind::kStream, 0.5, -1}};
  polled.disk_bytes = 5000;
  polled.disk_free_bytes = 2000;
  polled.models = {{"edge", 2, "READY", "cpu", 4096}, {"edge", 1, "FAILED", "", 0}};
  return polled;
}

void TellEverything(Metrics* metrics) {
  const std::chrono::milliseconds time(250);
  metrics->SetPoll(SomePolled);
  metrics->RpcStarted("Synthesis/Generate");
  metrics->RpcStarted("Synthesis/Generate");
  metrics->RpcEnded("Synthesis/Generate", "CANCELLED", time);
  metrics->StreamAdmitted(/*was_ready=*/false, time);
  metrics->AddBytesWaiting(700);
  metrics->AddBytesWaiting(-200);
  metrics->StreamStalled();
  metrics->JobLeased(JobKind::kTrain, 4);
  metrics->JobEnded(JobKind::kTrain, JobState::kFailed, "INTERNAL", 30);
  JobProgress progress;
  progress.attribute = "bytes";
  progress.nats = 2.5;
  progress.rows_per_second = 9000;
  metrics->TrainingProgressed("edge", progress);
  StepStats step;
  step.contexts = 24;
  step.tile_places = 32;
  step.step_time = step.deliver_time = time;
  metrics->OnStep(step);
  SchedulerLoad load;
  load.streams = 5;
  load.contexts = 40;
  load.parked = 2;
  metrics->OnLoad(load);
  metrics->OnFirstFlow(time, /*resumed=*/true);
  metrics->OnUnparked(time);
  metrics->OnFlowsSent(100);
  metrics->OnReplay(7);
  metrics->OnStreamEnd(absl::UnavailableError("drained"));
  metrics->OnSnapshotWritten(512, time);
  metrics->OnSnapshotSkipped("stream", 3, "too large");
  metrics->OnSnapshotFailed(absl::ResourceExhaustedError("disk full"));
  metrics->OnSnapshotDamaged(absl::DataLossError("short"));
}

TEST(Metrics, ShowWhatEachHookWasTold) {
  Metrics metrics("1.2.3", "2.0");
  TellEverything(&metrics);
  const std::string text = metrics.Text();
  for (const char* line : {
           R"(stanflow_build_info{libtorch="2.0",version="1.2.3"} 1)",
           R"(stanflow_rpcs_total{code="CANCELLED",method="Synthesis/Generate"} 1)",
           R"(stanflow_rpcs_active{method="Synthesis/Generate"} 1)",
           R"(stanflow_rpc_duration_seconds_sum{method="Synthesis/Generate"} 0.25)",
           "stanflow_outbox_bytes 500",
           "stanflow_streams_stalled_total 1",
           R"(stanflow_job_queue_wait_seconds_sum{kind="train"} 4)",
           R"(stanflow_jobs_ended_total{code="INTERNAL",kind="train",state="FAILED"} 1)",
           R"(stanflow_job_duration_seconds_sum{kind="train"} 30)",
           R"(stanflow_training_validation_nats{attribute="bytes",model="edge"} 2.5)",
           R"(stanflow_training_rows_per_second{model="edge"} 9000)",
           "stanflow_step_batch_contexts_sum 24",
           "stanflow_step_tile_occupancy_ratio_sum 0.75",
           "stanflow_step_contexts_total 24",
           "stanflow_step_tile_places_total 32",
           "stanflow_step_duration_seconds_sum 0.25",
           "stanflow_step_deliver_duration_seconds_sum 0.25",
           "stanflow_streams_active 5",
           "stanflow_contexts_active 40",
           "stanflow_streams_parked 2",
           R"(stanflow_first_flow_seconds_sum{start="resumed"} 0.25)",
           R"(stanflow_generate_admission_seconds_sum{model="loading"} 0.25)",
           "stanflow_stream_parked_seconds_sum 0.25",
           "stanflow_flows_sent_total 100",
           "stanflow_flows_replayed_total 7",
           R"(stanflow_streams_ended_total{code="UNAVAILABLE"} 1)",
           "stanflow_snapshot_written_bytes_total 512",
           R"(stanflow_snapshots_total{outcome="written"} 1)",
           R"(stanflow_snapshots_total{outcome="skipped"} 1)",
           R"(stanflow_snapshots_total{outcome="failed"} 1)",
           R"(stanflow_snapshots_total{outcome="damaged"} 1)",
           R"(stanflow_jobs{state="QUEUED"} 3)",
           R"(stanflow_jobs{state="SUCCEEDED"} 0)",
           "stanflow_job_queue_depth 3",
           "stanflow_job_queue_oldest_seconds 12.5",
           R"(stanflow_job_progress_ratio{id="job-1",kind="train"} 0.25)",
           R"(stanflow_job_progress_ratio{id="job-2",kind="stream"} 0.5)",
           R"(stanflow_job_remaining_seconds{id="job-1",kind="train"} 90)",
           "stanflow_data_size_bytes 5000",
           "stanflow_data_free_bytes 2000",
           R"(stanflow_models{state="READY"} 1)",
           R"(stanflow_models{state="FAILED"} 1)",
           R"(stanflow_model_memory_bytes{model="edge",version="2",device="cpu"} 4096)",
       }) {
    EXPECT_THAT(text, HasSubstr(absl::StrCat("\n", line, "\n")));
  }
}

TEST(Metrics, SayNothingOfTheTimeLeftThatAJobDoesNotKnow) {
  Metrics metrics("1.2.3", "2.0");
  TellEverything(&metrics);
  EXPECT_THAT(metrics.Text(), Not(HasSubstr(R"(stanflow_job_remaining_seconds{id="job-2")")));
}

TEST(Metrics, BeginAtZeroWhereTheFirstEventMustShowInARate) {
  const std::string text = Metrics("1.2.3", "2.0").Text();
  for (const char* series : {
           R"(stanflow_rpcs_total{code="OK",method="Synthesis/Generate"})",
           R"(stanflow_rpcs_total{code="RESOURCE_EXHAUSTED",method="Synthesis/Generate"})",
           R"(stanflow_streams_ended_total{code="INTERNAL"})",
           R"(stanflow_snapshots_total{outcome="damaged"})",
           R"(stanflow_first_flow_seconds_count{start="fresh"})",
           R"(stanflow_generate_admission_seconds_count{model="ready"})",
           R"(stanflow_jobs_ended_total{code="OK",kind="import",state="SUCCEEDED"})",
           R"(stanflow_jobs_ended_total{code="INTERNAL",kind="stream",state="FAILED"})",
           R"(stanflow_job_queue_wait_seconds_count{kind="reproduce"})",
           R"(stanflow_sink_dropped_flows_total{sink="kafka"})",
       }) {
    EXPECT_THAT(text, HasSubstr(absl::StrCat("\n", series, " 0\n")));
  }
}

TEST(Metrics, ForgetTheRateOfATrainingThatHasStoppedAndKeepItsLosses) {
  Metrics metrics("1.2.3", "2.0");
  TellEverything(&metrics);
  metrics.TrainingStopped("edge");
  const std::string text = metrics.Text();
  EXPECT_THAT(text, Not(HasSubstr("stanflow_training_rows_per_second{")));
  EXPECT_THAT(text, HasSubstr("stanflow_training_validation_nats{"));
}

TEST(Metrics, ShowTheLimitsOfTheServer) {
  Metrics metrics("1.2.3", "2.0");
  ServerLimits limits;
  limits.streams = 256;
  limits.contexts = 65536;
  limits.queued_jobs = 1000;
  limits.running_jobs = 1;
  limits.stream_jobs = 16;
  metrics.SetLimits(limits);
  const std::string text = metrics.Text();
  for (const char* line :
       {"stanflow_streams_max 256", "stanflow_contexts_max 65536", "stanflow_jobs_queued_max 1000",
        R"(stanflow_jobs_running_max{of="jobs"} 1)", R"(stanflow_jobs_running_max{of="streams"} 16)"}) {
    EXPECT_THAT(text, HasSubstr(absl::StrCat("\n", line, "\n")));
  }
}

std::set<std::string> NamesAfter(const std::string& text, const std::regex& what) {
  std::set<std::string> names;
  for (std::sregex_iterator it(text.begin(), text.end(), what), end; it != end; ++it) names.insert((*it)[1]);
  return names;
}

TEST(Metrics, AreThoseThatTheirDocumentListsAndNoOther) {
  Metrics metrics("1.2.3", "2.0");
  metrics.SetLimits({});
  TellEverything(&metrics);
  SinkReport report;
  report.sink = "file";
  report.flow_end_ms = 1;
  metrics.SinkReported("job-2", 1, report);
  metrics.CollectionReported("job-3", 1, CollectionReport());
  const auto document = ReadFile(STANFLOW_METRICS_DOCUMENT);
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_EQ(NamesAfter(metrics.Text(), std::regex("# TYPE ([a-z_]+) ")),
            NamesAfter(*document, std::regex("\n\\| `([a-z_]+)` \\|")));
}

TEST(Metrics, TellWhenTheProcessStartedAndWhatItHasOpen) {
  Metrics metrics("1.2.3", "2.0");
  const std::string text = metrics.Text();
  const auto value = [&](const std::string& name) {
    return std::atof(text.c_str() + text.find("\n" + name + " ") + name.size() + 2);
  };
  const double now = static_cast<double>(Clock::Real().NowMs()) / 1000;
  EXPECT_LE(value("process_start_time_seconds"), now + 1);
  EXPECT_GT(value("process_start_time_seconds"), now - 24 * 3600);
  EXPECT_GE(value("process_open_fds"), 3);
  EXPECT_GT(value("process_max_fds"), value("process_open_fds"));
}

TEST(Metrics, ShowTheProcessesMemoryAndExplainEveryName) {
  Metrics metrics("1.2.3", "2.0");
  TellEverything(&metrics);
  const std::string text = metrics.Text();
  for (const char* name :
       {"process_resident_memory_bytes", "process_virtual_memory_bytes", "process_peak_resident_memory_bytes",
        "process_cpu_seconds_total", "stanflow_outbox_bytes", "stanflow_jobs", "stanflow_models"}) {
    EXPECT_THAT(text, HasSubstr(absl::StrCat("# HELP ", name, " ")));
    EXPECT_THAT(text, HasSubstr(absl::StrCat("# TYPE ", name, " ")));
  }
}

TEST(Metrics, AskNobodyAfterThePollIsCleared) {
  Metrics metrics("1.2.3", "2.0");
  metrics.SetPoll(SomePolled);
  metrics.ClearPoll();
  const std::string text = metrics.Text();
  EXPECT_THAT(text, Not(HasSubstr("stanflow_job_queue_depth")));
  EXPECT_THAT(text, HasSubstr("stanflow_streams_active 0"));
}

}  // namespace
}  // namespace stanflow
