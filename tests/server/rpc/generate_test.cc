#include <thread>

#include "core/base/digest.h"
#include "gmock/gmock.h"
#include "tests/server/rpc/rpc_testing.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

struct Received {
  std::vector<v1::GenerateHeader> headers;
  std::vector<v1::GenerateChunk> chunks;
  std::vector<v1::GenerateSummary> summaries;
  grpc::Status status;

  // A digest of every column of every flow, in order, without the borders of the chunks.
  std::string Flows() const {
    v1::FlowColumns all;
    for (const auto& chunk : chunks) all.MergeFrom(chunk.columns());
    return Sha256Hex(all.SerializeAsString());
  }
  uint64_t rows() const {
    uint64_t rows = 0;
    for (const auto& chunk : chunks) rows += chunk.columns().flow_end_milliseconds_size();
    return rows;
  }
};

class GenerateTest : public RpcTest {
 protected:
  void SetUp() override {
    RpcTest::SetUp();
    PublishModel("edge", "j1");
  }

  static v1::GenerateRequest Request(uint64_t rows = 1000) {
    v1::GenerateRequest request;
    request.set_model("edge");
    request.set_seed(5);
    request.set_hosts(8);
    request.set_rows(rows);
    request.set_chunk_rows(100);
    return request;
  }

  // All of a stream that is meant to end well.
  Received Generated(const v1::GenerateRequest& request) {
    Received received = Generate(request);
    EXPECT_TRUE(received.status.ok()) << received.status.error_message();
    return received;
  }
  Received Generate(const v1::GenerateRequest& request) {
    grpc::ClientContext context;
    Received received;
    const auto reader = synthesis_->Generate(&context, request);
    v1::GenerateResponse message;
    while (reader->Read(&message)) Take(message, &received);
    received.status = reader->Finish();
    return received;
  }

  static void Take(const v1::GenerateResponse& message, Received* received) {
    if (message.has_header()) received->headers.push_back(message.header());
    if (message.has_chunk()) received->chunks.push_back(message.chunk());
    if (message.has_summary()) received->summaries.push_back(message.summary());
  }

  bool HasMetric(const std::string& line) const {
    return metrics_.Text().find("\n" + line + "\n") != std::string::npos;
  }
  // For a state that comes by itself.
  void WaitForMetric(const std::string& line) {
    while (!HasMetric(line)) std::this_thread::yield();
  }
};

TEST_F(GenerateTest, SendsAHeaderThenChunksThenASummary) {
  const Received r = Generate(Request());
  ASSERT_TRUE(r.status.ok()) << r.status.error_message();
  ASSERT_EQ(r.headers.size(), 1u);
  EXPECT_EQ(r.headers[0].model_version(), "models/edge/versions/1");
  EXPECT_EQ(r.headers[0].hosts(), 8u);
  EXPECT_EQ(r.headers[0].home(), "10.0.0.0/16");
  EXPECT_EQ(r.headers[0].build(), "test");
  EXPECT_EQ(r.headers[0].device(), "cpu");
  EXPECT_EQ(r.headers[0].instruction_set(), "any");
  EXPECT_EQ(r.rows(), 1000u);
  uint64_t next = 0, packets = 0;
  int64_t last_end = 0;
  for (const auto& chunk : r.chunks) {
    EXPECT_EQ(chunk.first_row(), next);
    next += chunk.columns().flow_end_milliseconds_size();
    for (const int64_t end : chunk.columns().flow_end_milliseconds()) {
      EXPECT_GE(end, last_end);
      last_end = end;
    }
    for (const uint64_t p : chunk.columns().packet_delta_count()) packets += p;
    EXPECT_FALSE(chunk.resume_token().empty());
  }
  ASSERT_EQ(r.summaries.size(), 1u);
  EXPECT_EQ(r.summaries[0].rows(), 1000u);
  EXPECT_EQ(r.summaries[0].total_packets(), packets);
}

TEST_F(GenerateTest, GivesTheSameFlowsAtEveryChunkSize) {
  v1::GenerateRequest request = Request();
  const Received hundreds = Generated(request);
  request.set_chunk_rows(7);
  const Received sevens = Generated(request);
  EXPECT_GT(sevens.chunks.size(), hundreds.chunks.size());
  EXPECT_EQ(sevens.Flows(), hundreds.Flows());
  request.set_seed(6);
  EXPECT_NE(Generate(request).Flows(), hundreds.Flows());
}

TEST_F(GenerateTest, GoesOnWithAResumeTokenWithoutAGapOrARepeat) {
  const Received whole = Generated(Request());
  v1::GenerateRequest request = Request();
  request.set_chunk_rows(33);
  request.set_resume_token(whole.chunks.at(3).resume_token());
  const Received rest = Generate(request);
  ASSERT_TRUE(rest.status.ok()) << rest.status.error_message();
  Received joined;
  joined.chunks.assign(whole.chunks.begin(), whole.chunks.begin() + 4);
  EXPECT_EQ(rest.headers[0].first_row(), joined.rows());
  EXPECT_EQ(rest.headers[0].replayed_rows(), joined.rows());
  joined.chunks.insert(joined.chunks.end(), rest.chunks.begin(), rest.chunks.end());
  EXPECT_EQ(joined.Flows(), whole.Flows());
}

TEST_F(GenerateTest, GoesOnWithTheVersionThatItBeganWith) {
  const Received first = Generated(Request());
  PublishModel("edge", "j2");
  v1::GenerateRequest request = Request();
  EXPECT_EQ(Generate(request).headers.at(0).model_version(), "models/edge/versions/2");
  request.set_resume_token(first.chunks.at(0).resume_token());
  EXPECT_EQ(Generate(request).headers.at(0).model_version(), "models/edge/versions/1");
  request.set_model("edge@2");
  EXPECT_EQ(Generate(request).status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
}

TEST_F(GenerateTest, RefusesATokenOfAnotherRequest) {
  v1::GenerateRequest request = Request();
  request.set_resume_token(Generated(request).chunks.at(0).resume_token());
  request.set_seed(6);
  const Received r = Generate(request);
  EXPECT_EQ(r.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(FieldOf(r.status), "resume_token");
}

TEST_F(GenerateTest, EndsAtOnceWithATokenOfTheLastChunk) {
  v1::GenerateRequest request = Request();
  request.set_resume_token(Generated(request).chunks.back().resume_token());
  const Received r = Generate(request);
  ASSERT_TRUE(r.status.ok()) << r.status.error_message();
  EXPECT_EQ(r.rows(), 0u);
  EXPECT_EQ(r.summaries.at(0).rows(), 0u);
}

TEST_F(GenerateTest, NamesTheBadFieldAndSendsNothing) {
  v1::GenerateRequest request = Request();
  request.set_home("10.0.0.0/99");
  const Received r = Generate(request);
  EXPECT_EQ(r.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(FieldOf(r.status), "home");
  EXPECT_TRUE(r.headers.empty());
}

TEST_F(GenerateTest, SaysWhichModelsThereAreForAnUnknownOne) {
  v1::GenerateRequest request = Request();
  request.set_model("egde");
  const Received r = Generate(request);
  EXPECT_EQ(r.status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(r.status.error_message(), HasSubstr("there are: edge"));
}

TEST_F(GenerateTest, FollowsAnAlias) {
  PublishModel("edge", "j2");
  ASSERT_TRUE(models_->SetAlias("edge", "prod", 1).ok());
  v1::GenerateRequest request = Request(10);
  request.set_model("edge@prod");
  EXPECT_EQ(Generate(request).headers.at(0).model_version(), "models/edge/versions/1");
}

TEST_F(GenerateTest, FreesTheSlotOfACancelledStream) {
  grpc::ClientContext context;
  v1::GenerateRequest request = Request();
  request.clear_extent();
  const auto reader = synthesis_->Generate(&context, request);
  v1::GenerateResponse message;
  ASSERT_TRUE(reader->Read(&message));
  ASSERT_TRUE(reader->Read(&message));
  context.TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  WaitForMetric("stanflow_streams_active 0");
  WaitForMetric("stanflow_outbox_bytes 0");
  WaitForMetric("stanflow_rpcs_total{code=\"CANCELLED\",method=\"Synthesis/Generate\"} 1");
}

TEST_F(GenerateTest, EndsStreamsThatADrainCutsOffWithTheirTokenInHand) {
  grpc::ClientContext context;
  v1::GenerateRequest request = Request();
  request.clear_extent();
  const auto reader = synthesis_->Generate(&context, request);
  v1::GenerateResponse message;
  ASSERT_TRUE(reader->Read(&message));
  ASSERT_TRUE(reader->Read(&message));
  Received received;
  Take(message, &received);
  std::thread drain([this] {
    server_->BeginDrain();
    scheduler_->Drain(std::chrono::steady_clock::now());
  });
  while (reader->Read(&message)) Take(message, &received);
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  drain.join();
  scheduler_ = nullptr;
  server_ = nullptr;
  StartServer();
  const uint64_t cut_off_at = received.rows();
  request.set_resume_token(received.chunks.back().resume_token());
  grpc::ClientContext again;
  const auto rest = synthesis_->Generate(&again, request);
  ASSERT_TRUE(rest->Read(&message));
  EXPECT_EQ(message.header().first_row(), cut_off_at);
  while (received.rows() < cut_off_at + 1000 && rest->Read(&message)) Take(message, &received);
  again.TryCancel();
  rest->Finish();
  ASSERT_GE(received.rows(), cut_off_at + 1000);
  EXPECT_EQ(received.Flows(), Generated(Request(received.rows())).Flows()) << "a gap, a repeat or others";
}

TEST_F(GenerateTest, WaitsForAModelOnlyUntilTheCallsDeadline) {
  StepGate gate(/*open=*/false);
  generator_options_.gate = &gate;
  PublishModel("slow", "j3");
  v1::GenerateRequest request = Request(10);
  request.set_model("slow");
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(1));
  const auto reader = synthesis_->Generate(&context, request);
  v1::GenerateResponse message;
  while (reader->Read(&message)) {
  }
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  gate.Open();
  EXPECT_TRUE(Generate(request).status.ok()) << "the load went on and ended";
  generator_options_.gate = nullptr;
}

// A reader that takes nothing holds a bounded number of bytes and parks only itself.
class SlowReaderTest : public GenerateTest {
 protected:
  SlowReaderTest() { rpc_options_.outbox_bytes = 64 << 10; }

  static double Metric(const std::string& text, const std::string& name) {
    const size_t at = text.find("\n" + name + " ");
    return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 2));
  }
};

TEST_F(SlowReaderTest, ParksItselfWithinItsBytesAndGoesOnLater) {
  grpc::ClientContext context;
  v1::GenerateRequest request = Request(200000);
  const auto reader = synthesis_->Generate(&context, request);
  WaitForMetric("stanflow_streams_parked 1");
  // What is over the limit is the chunk that filled it, and the header.
  EXPECT_LE(Metric(metrics_.Text(), "stanflow_outbox_bytes"), (64 << 10) + (16 << 10));
  EXPECT_TRUE(Generate(Request(1000)).status.ok()) << "others are served meanwhile";
  Received received;
  v1::GenerateResponse message;
  while (reader->Read(&message)) Take(message, &received);
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(received.rows(), 200000u);
  EXPECT_EQ(Metric(metrics_.Text(), "stanflow_outbox_bytes"), 0);
}

TEST_F(SlowReaderTest, KeepsItsStreamAsLongAsItTakesSomethingInTime) {
  grpc::ClientContext context;
  v1::GenerateRequest request = Request();
  request.clear_extent();
  const auto reader = synthesis_->Generate(&context, request);
  WaitForMetric("stanflow_streams_parked 1");
  v1::GenerateResponse message;
  // Twice the time after which a reader that takes nothing loses its stream.
  for (int round = 0; round < 6; ++round) {
    clock_.Advance(rpc_options_.stall_timeout / 3);
    server_->env().live->CheckStalls(clock_.SteadyNow());
    // Until fewer bytes wait than a moment ago: a message went out, so the one in flight began after the
    // check.
    double before = 0, waiting = 0;
    do {
      before = Metric(metrics_.Text(), "stanflow_outbox_bytes");
      ASSERT_TRUE(reader->Read(&message)) << "round " << round;
      waiting = Metric(metrics_.Text(), "stanflow_outbox_bytes");
    } while (waiting >= before);
  }
  EXPECT_EQ(Metric(metrics_.Text(), "stanflow_streams_stalled_total"), 0);
  context.TryCancel();
  reader->Finish();
}

TEST_F(SlowReaderTest, LosesItsStreamWhenItTakesNothingForTooLong) {
  grpc::ClientContext context;
  v1::GenerateRequest request = Request();
  request.clear_extent();
  const auto reader = synthesis_->Generate(&context, request);
  WaitForMetric("stanflow_streams_parked 1");
  // A stream may be parked for a moment while gRPC's own buffers still take something; the next check finds
  // it.
  while (!HasMetric("stanflow_streams_active 0")) {
    clock_.Advance(rpc_options_.stall_timeout);
    server_->env().live->CheckStalls(clock_.SteadyNow());
    std::this_thread::yield();
  }
  v1::GenerateResponse message;
  while (reader->Read(&message)) {
  }
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_THAT(metrics_.Text(), HasSubstr("stanflow_streams_stalled_total 1"));
}

}  // namespace
}  // namespace stanflow
