#include "gmock/gmock.h"
#include "nlohmann/json.hpp"
#include "tests/server/rpc/rpc_testing.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class TrainTest : public RpcTest {
 protected:
  void SetUp() override {
    RpcTest::SetUp();
    PublishDataset("ugr");
    PublishModel("edge", "j1");
  }

  static v1::TrainRequest Request() {
    v1::TrainRequest request;
    request.set_dataset("datasets/ugr");
    request.set_model("edge");
    request.set_max_minutes(25);
    request.set_seed(3);
    (*request.mutable_options())["width"] = "40";
    return request;
  }
  grpc::Status Train(const v1::TrainRequest& request, v1::Job* job) {
    grpc::ClientContext context;
    return synthesis_->Train(&context, request, job);
  }
  grpc::Status Evaluate(const v1::EvaluateRequest& request, v1::Job* job) {
    grpc::ClientContext context;
    return synthesis_->Evaluate(&context, request, job);
  }
};

TEST_F(TrainTest, AnswersAJobThatIsStored) {
  v1::Job job;
  const grpc::Status status = Train(Request(), &job);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_THAT(job.name(), StartsWith("jobs/"));
  EXPECT_EQ(job.state(), v1::JOB_STATE_QUEUED);
  EXPECT_EQ(job.kind(), v1::JOB_KIND_TRAIN);
  const auto spec = nlohmann::json::parse(job.spec_json());
  EXPECT_EQ(spec, (nlohmann::json{{"dataset", "ugr"},
                                  {"model", "edge"},
                                  {"preset", "causal"},
                                  {"max_minutes", 25.0},
                                  {"options", {{"width", "40"}}},
                                  {"seed", 3}}));
  EXPECT_TRUE(jobs_->Get(job.name().substr(5)).ok());
}

TEST_F(TrainTest, AnswersTheSameJobForTheSameRequestId) {
  v1::TrainRequest request = Request();
  request.set_request_id("r1");
  v1::Job first, second, other;
  ASSERT_TRUE(Train(request, &first).ok());
  ASSERT_TRUE(Train(request, &second).ok());
  EXPECT_EQ(first.name(), second.name());
  request.set_request_id("r2");
  ASSERT_TRUE(Train(request, &other).ok());
  EXPECT_NE(first.name(), other.name());
}

TEST_F(TrainTest, StoresNothingWhenItOnlyValidates) {
  v1::TrainRequest request = Request();
  request.set_validate_only(true);
  v1::Job job;
  ASSERT_TRUE(Train(request, &job).ok());
  EXPECT_EQ(job.name(), "");
  EXPECT_THAT(job.spec_json(), HasSubstr("\"dataset\":\"ugr\""));
  EXPECT_TRUE(store_->CountByState()->empty());
}

TEST_F(TrainTest, NamesTheFieldThatIsWrong) {
  const struct {
    const char* field;
    grpc::StatusCode code;
    void (*spoil)(v1::TrainRequest*);
  } cases[] = {
      {"dataset", grpc::StatusCode::INVALID_ARGUMENT, [](v1::TrainRequest* r) { r->set_dataset("../ugr"); }},
      {"", grpc::StatusCode::NOT_FOUND, [](v1::TrainRequest* r) { r->set_dataset("other"); }},
      {"model", grpc::StatusCode::INVALID_ARGUMENT, [](v1::TrainRequest* r) { r->set_model("Edge"); }},
      {"preset", grpc::StatusCode::INVALID_ARGUMENT, [](v1::TrainRequest* r) { r->set_preset("gan"); }},
      {"options", grpc::StatusCode::INVALID_ARGUMENT,
       [](v1::TrainRequest* r) { (*r->mutable_options())["widht"] = "1"; }},
      {"max_minutes", grpc::StatusCode::INVALID_ARGUMENT,
       [](v1::TrainRequest* r) { r->set_max_minutes(-1); }},
      {"request_id", grpc::StatusCode::INVALID_ARGUMENT,
       [](v1::TrainRequest* r) { r->set_request_id(std::string(200, 'x')); }},
  };
  for (const auto& c : cases) {
    v1::TrainRequest request = Request();
    c.spoil(&request);
    v1::Job job;
    const grpc::Status status = Train(request, &job);
    EXPECT_EQ(status.error_code(), c.code) << c.field << ": " << status.error_message();
    EXPECT_EQ(FieldOf(status), c.field);
  }
  EXPECT_TRUE(store_->CountByState()->empty());
}

TEST_F(TrainTest, PinsTheVersionAndTheDefaultsOfAnEvaluation) {
  v1::EvaluateRequest request;
  request.set_model("edge");
  request.set_dataset("ugr");
  request.mutable_generate()->set_seed(1);
  v1::Job job;
  const grpc::Status status = Evaluate(request, &job);
  ASSERT_TRUE(status.ok()) << status.error_message();
  PublishModel("edge", "j2");  // Too late for the job.
  const auto spec = nlohmann::json::parse(job.spec_json());
  EXPECT_EQ(spec["model"], "edge");
  EXPECT_EQ(spec["version"], 1);
  EXPECT_EQ(spec["generate"], (nlohmann::json{{"seed", 1},
                                              {"stream", 0},
                                              {"hosts", 7},
                                              {"home", "10.0.0.0/16"},
                                              {"start_ms", 86400000},
                                              {"rows", 1000000}}));
}

TEST_F(TrainTest, NamesTheFieldInsideOfAnEvaluationsStream) {
  v1::EvaluateRequest request;
  request.set_model("edge");
  request.set_dataset("ugr");
  request.mutable_generate()->set_hosts(70000);
  v1::Job job;
  EXPECT_EQ(FieldOf(Evaluate(request, &job)), "generate.hosts");
  request.mutable_generate()->set_hosts(1);
  request.set_synthetic_dataset("nowhere");
  EXPECT_EQ(Evaluate(request, &job).error_code(), grpc::StatusCode::NOT_FOUND);
}

}  // namespace
}  // namespace stanflow
