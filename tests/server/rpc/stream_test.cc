#include "gmock/gmock.h"
#include "nlohmann/json.hpp"
#include "tests/server/rpc/rpc_testing.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

class StreamTest : public RpcTest {
 protected:
  void SetUp() override {
    RpcTest::SetUp();
    PublishModel("edge", "j1");
  }

  static v1::StreamRequest Request() {
    v1::StreamRequest request;
    request.mutable_generate()->set_model("edge");
    request.mutable_generate()->set_seed(7);
    request.mutable_generate()->set_rows(1000);
    request.set_to("netflow9://127.0.0.1:2055");
    return request;
  }
  grpc::Status Stream(const v1::StreamRequest& request, v1::Job* job) {
    grpc::ClientContext context;
    return synthesis_->Stream(&context, request, job);
  }
  std::string RefusedField(const v1::StreamRequest& request) {
    v1::Job job;
    const grpc::Status status = Stream(request, &job);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
    return FieldOf(status);
  }
};

TEST_F(StreamTest, AnswersAStoredJobThatPinsItsModelAndDefaults) {
  v1::Job job;
  const grpc::Status status = Stream(Request(), &job);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(job.kind(), v1::JOB_KIND_STREAM);
  EXPECT_EQ(nlohmann::json::parse(job.spec_json()), (nlohmann::json{{"model", "models/edge/versions/1"},
                                                                    {"generate",
                                                                     {{"seed", 7},
                                                                      {"stream", 0},
                                                                      {"hosts", 7},
                                                                      {"home", "10.0.0.0/16"},
                                                                      {"start_ms", 86400000},
                                                                      {"rows", 1000}}},
                                                                    {"to", "netflow9://127.0.0.1:2055"},
                                                                    {"when_full", "wait"},
                                                                    {"exporters", 1},
                                                                    {"file_dir", dir_.File("exports")}}));
}

TEST_F(StreamTest, MayHaveNoEndAPaceAndExporters) {
  v1::StreamRequest request = Request();
  request.mutable_generate()->clear_extent();
  request.set_speed(60);
  request.set_exporters(4);
  request.set_when_full(v1::WHEN_FULL_DROP);
  v1::Job job;
  ASSERT_TRUE(Stream(request, &job).ok());
  const auto spec = nlohmann::json::parse(job.spec_json());
  EXPECT_FALSE(spec["generate"].contains("rows"));
  EXPECT_EQ(spec["speed"], 60);
  EXPECT_EQ(spec["exporters"], 4);
  EXPECT_EQ(spec["when_full"], "drop");
}

TEST_F(StreamTest, NamesTheFieldThatIsWrong) {
  v1::StreamRequest request = Request();
  request.mutable_generate()->clear_model();
  EXPECT_EQ(RefusedField(request), "generate.model");
  request = Request();
  request.set_to("gopher://here");
  EXPECT_EQ(RefusedField(request), "to");
  request = Request();
  request.set_flows_per_second(0);
  EXPECT_EQ(RefusedField(request), "flows_per_second");
  request.set_speed(-1);
  EXPECT_EQ(RefusedField(request), "speed");
  request = Request();
  request.set_exporters(1025);
  EXPECT_EQ(RefusedField(request), "exporters");
  request = Request();
  request.mutable_generate()->set_home("10.0.0.0/31");
  EXPECT_EQ(RefusedField(request), "generate.home");
  request = Request();
  request.mutable_generate()->set_resume_token("x");
  EXPECT_EQ(RefusedField(request), "generate.resume_token");
}

TEST_F(StreamTest, ValidatesWithoutStoring) {
  v1::StreamRequest request = Request();
  request.set_validate_only(true);
  v1::Job job;
  ASSERT_TRUE(Stream(request, &job).ok());
  EXPECT_EQ(job.name(), "");
  std::string token;
  EXPECT_TRUE(jobs_->List(10, "", {}, &token)->empty());
}

TEST_F(StreamTest, AnswersTheSameJobForTheSameRequestId) {
  v1::StreamRequest request = Request();
  request.set_request_id("r1");
  v1::Job first, second;
  ASSERT_TRUE(Stream(request, &first).ok());
  PublishModel("edge", "j2");
  ASSERT_TRUE(Stream(request, &second).ok());
  EXPECT_EQ(first.name(), second.name());
  request.set_to("ipfix://127.0.0.1");
  EXPECT_EQ(RefusedField(request), "request_id");
}

}  // namespace
}  // namespace stanflow
