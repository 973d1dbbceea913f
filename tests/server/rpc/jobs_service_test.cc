#include <thread>

#include "gmock/gmock.h"
#include "tests/server/rpc/rpc_testing.h"

namespace stanflow {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class JobsTest : public RpcTest {
 protected:
  std::string Submit() {
    JobRequest request;
    request.kind = JobKind::kTrain;
    request.spec_json = "{}";
    const auto job = jobs_->Submit(request);
    EXPECT_TRUE(job.ok()) << job.status();
    return job->id;
  }
  void Lease() {
    const JobKind kinds[] = {JobKind::kTrain};
    ASSERT_TRUE(store_->LeaseNext(kinds, clock_.NowMs())->has_value());
  }
  void Progress(const std::string& id, double fraction) {
    JobProgress progress;
    progress.fraction = fraction;
    ASSERT_TRUE(store_->AddProgress(id, 1, progress, clock_.NowMs()).ok());
    jobs_->Notify(id);
  }
  void Fail(const std::string& id) {
    JobChange change;
    change.action = JobAction::kFail;
    change.now_ms = clock_.NowMs();
    change.error = absl::InvalidArgumentError("bad data");
    ASSERT_TRUE(store_->Change(id, 1, change).ok());
    jobs_->Notify(id);
  }
  std::unique_ptr<grpc::ClientReader<v1::JobEvent>> Watch(grpc::ClientContext* context, const std::string& id,
                                                          uint64_t after = 0) {
    v1::WatchJobRequest request;
    request.set_name("jobs/" + id);
    request.set_after_sequence(after);
    return jobs_stub_->WatchJob(context, request);
  }
};

TEST_F(JobsTest, WatchSendsKeptEventsThenNewOnesAndEndsWithTheJob) {
  const std::string id = Submit();
  Lease();
  grpc::ClientContext context;
  const auto reader = Watch(&context, id);
  v1::JobEvent event;
  ASSERT_TRUE(reader->Read(&event));
  EXPECT_EQ(event.sequence(), 1u);
  EXPECT_EQ(event.state(), v1::JOB_STATE_QUEUED);
  ASSERT_TRUE(reader->Read(&event));
  EXPECT_EQ(event.state(), v1::JOB_STATE_RUNNING);
  Progress(id, 0.5);
  ASSERT_TRUE(reader->Read(&event));
  EXPECT_EQ(event.progress().fraction(), 0.5);
  Fail(id);
  ASSERT_TRUE(reader->Read(&event));
  EXPECT_EQ(event.sequence(), 4u);
  EXPECT_EQ(event.state(), v1::JOB_STATE_FAILED);
  EXPECT_FALSE(reader->Read(&event));
  EXPECT_TRUE(reader->Finish().ok());
}

TEST_F(JobsTest, WatchGoesOnAfterTheLastEventThatWasSeen) {
  const std::string id = Submit();
  Lease();
  Fail(id);
  std::vector<uint64_t> sequences;
  for (const uint64_t after : {1, 3}) {
    grpc::ClientContext context;
    const auto reader = Watch(&context, id, after);
    v1::JobEvent event;
    while (reader->Read(&event)) sequences.push_back(event.sequence());
    EXPECT_TRUE(reader->Finish().ok());
  }
  EXPECT_THAT(sequences, ElementsAre(2u, 3u));
}

TEST_F(JobsTest, WatchSendsMoreEventsThanAPageHolds) {
  const std::string id = Submit();
  Lease();
  for (int i = 0; i < 1200; ++i) {
    JobProgress progress;
    progress.fraction = i / 1200.0;
    ASSERT_TRUE(store_->AddProgress(id, 1, progress, clock_.NowMs()).ok());
  }
  Fail(id);
  grpc::ClientContext context;
  const auto reader = Watch(&context, id);
  v1::JobEvent event;
  uint64_t next = 1;
  while (reader->Read(&event)) EXPECT_EQ(event.sequence(), next++);
  EXPECT_EQ(next, 1204u);
  EXPECT_TRUE(reader->Finish().ok());
}

TEST_F(JobsTest, WatchEndsWhenTheServerDrains) {
  const std::string id = Submit();
  grpc::ClientContext context;
  const auto reader = Watch(&context, id);
  v1::JobEvent event;
  ASSERT_TRUE(reader->Read(&event));
  server_->BeginDrain();
  EXPECT_FALSE(reader->Read(&event));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(JobsTest, WatchLosesAReaderThatTakesNothingForTooLong) {
  const std::string id = Submit();
  Lease();
  JobProgress progress;
  progress.message = std::string(100000, 'm');  // More of them than the channel's window holds.
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(store_->AddProgress(id, 1, progress, clock_.NowMs()).ok());
  grpc::ClientContext context;
  const auto reader = Watch(&context, id);
  const std::string ended = "stanflow_rpcs_total{code=\"CANCELLED\",method=\"Jobs/WatchJob\"} 1";
  while (metrics_.Text().find(ended) == std::string::npos) {
    clock_.Advance(rpc_options_.stall_timeout);
    server_->env().live->CheckStalls(clock_.SteadyNow());
    std::this_thread::yield();
  }
  v1::JobEvent event;
  while (reader->Read(&event)) {
  }
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(JobsTest, AnswersNotFoundAndInvalidNames) {
  v1::Job job;
  v1::GetJobRequest request;
  request.set_name("jobs/none");
  grpc::ClientContext unknown;
  EXPECT_EQ(jobs_stub_->GetJob(&unknown, request, &job).error_code(), grpc::StatusCode::NOT_FOUND);
  request.set_name("jobs/../x");
  grpc::ClientContext bad;
  EXPECT_EQ(FieldOf(jobs_stub_->GetJob(&bad, request, &job)), "name");
  grpc::ClientContext watch;
  const auto reader = Watch(&watch, "none");
  v1::JobEvent event;
  EXPECT_FALSE(reader->Read(&event));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(JobsTest, ListsByState) {
  const std::string first = Submit(), second = Submit();
  ASSERT_TRUE(jobs_->Cancel(first).ok());
  v1::ListJobsRequest request;
  request.add_states(v1::JOB_STATE_QUEUED);
  v1::ListJobsResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(jobs_stub_->ListJobs(&context, request, &response).ok());
  ASSERT_EQ(response.jobs_size(), 1);
  EXPECT_EQ(response.jobs(0).name(), "jobs/" + second);
  request.add_states(v1::JOB_STATE_UNSPECIFIED);
  grpc::ClientContext bad;
  EXPECT_EQ(FieldOf(jobs_stub_->ListJobs(&bad, request, &response)), "states");
}

TEST_F(JobsTest, SendsAnArtifactWhole) {
  const std::string id = Submit();
  const std::string report(700000, 'r');
  ASSERT_TRUE(MakeDirectories(dir_.File("jobs/" + id + "/out")).ok());
  dir_.Write("jobs/" + id + "/out/report.json", report);
  Lease();
  JobChange change;
  change.action = JobAction::kPublish;
  ASSERT_TRUE(store_->Change(id, 1, change).ok());
  change.action = JobAction::kSucceed;
  change.artifacts = {"report.json"};
  ASSERT_TRUE(store_->Change(id, 1, change).ok());
  v1::GetArtifactRequest request;
  request.set_name("jobs/" + id);
  request.set_artifact("report.json");
  grpc::ClientContext context;
  const auto reader = jobs_stub_->GetArtifact(&context, request);
  v1::ArtifactChunk chunk;
  std::string received;
  while (reader->Read(&chunk)) received += chunk.data();
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_TRUE(received == report) << received.size();
  request.set_artifact("../spec.json");
  grpc::ClientContext other;
  const auto refused = jobs_stub_->GetArtifact(&other, request);
  EXPECT_FALSE(refused->Read(&chunk));
  EXPECT_FALSE(refused->Finish().ok());
}

}  // namespace
}  // namespace stanflow
