#include "server/metrics/metrics.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

PolledMetrics SomePolled() {
  PolledMetrics polled;
  polled.jobs = {{JobState::kQueued, 3}, {JobState::kRunning, 1}};
  polled.oldest_queued_seconds = 12.5;
  polled.models = {{"edge", 2, "READY", "cpu", 4096}, {"edge", 1, "FAILED", "", 0}};
  return polled;
}

void TellEverything(Metrics* metrics) {
  const std::chrono::milliseconds time(250);
  metrics->SetPoll(SomePolled);
  metrics->RpcStarted("Synthesis/Generate");
  metrics->RpcStarted("Synthesis/Generate");
  metrics->RpcEnded("Synthesis/Generate", "CANCELLED", time);
  metrics->AddBytesWaiting(700);
  metrics->AddBytesWaiting(-200);
  metrics->StreamStalled();
  metrics->JobLeased(JobKind::kTrain, 4);
  metrics->JobEnded(JobKind::kTrain, JobState::kFailed, 30);
  JobProgress progress;
  progress.attribute = "bytes";
  progress.nats = 2.5;
  progress.rows_per_second = 9000;
  metrics->JobProgressed("edge", progress);
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
  metrics->OnFirstFlow(time);
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
           R"(stanflow_jobs_ended_total{kind="train",state="FAILED"} 1)",
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
           "stanflow_first_flow_seconds_sum 0.25",
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
           R"(stanflow_models{state="READY"} 1)",
           R"(stanflow_models{state="FAILED"} 1)",
           R"(stanflow_model_memory_bytes{model="edge",version="2",device="cpu"} 4096)",
       }) {
    EXPECT_THAT(text, HasSubstr(absl::StrCat("\n", line, "\n")));
  }
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
  EXPECT_THAT(text, ::testing::Not(HasSubstr("stanflow_job_queue_depth")));
  EXPECT_THAT(text, HasSubstr("stanflow_streams_active 0"));
}

}  // namespace
}  // namespace stanflow
