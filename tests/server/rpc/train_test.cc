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

  grpc::Status Reproduce(const v1::ReproduceRequest& request, v1::Job* job) {
    grpc::ClientContext context;
    return synthesis_->Reproduce(&context, request, job);
  }
  static v1::ReproduceRequest Reproduction(const std::vector<std::string>& names) {
    v1::ReproduceRequest request;
    request.set_dataset("ugr");
    request.set_seed(1);
    for (const std::string& name : names) {
      request.add_models()->set_name(name);
      request.mutable_models()->rbegin()->set_model("edge");
    }
    return request;
  }

  // A version whose training was so fast.
  void PublishTrained(const std::string& model, int width, double rows_per_second, int64_t created_ms) {
    const std::string bundle = dir_.File("trained-" + model);
    ASSERT_TRUE(MakeDirectories(bundle).ok());
    const nlohmann::json manifest = {{"preset", "causal"},
                                     {"options", {{"epochs", 2}, {"width", width}}},
                                     {"figures", {{"rows_per_second", rows_per_second}}},
                                     {"created_ms", created_ms}};
    dir_.Write("trained-" + model + "/manifest.json", manifest.dump());
    dir_.Write("trained-" + model + "/model.safetensors", "weights");
    ASSERT_TRUE(models_->Publish(bundle, model, "job-" + model).ok());
  }
  nlohmann::json Estimate(double max_minutes) {
    v1::TrainRequest request = Request();
    request.set_max_minutes(max_minutes);
    request.set_validate_only(true);
    v1::Job job;
    const grpc::Status status = Train(request, &job);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return nlohmann::json::parse(job.result_json());
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

TEST_F(TrainTest, AnswersTheJobOfARequestIdWhoseDatasetIsGone) {
  v1::TrainRequest request = Request();
  request.set_request_id("r1");
  v1::Job first, again;
  ASSERT_TRUE(Train(request, &first).ok());
  ASSERT_TRUE(jobs_->Cancel(first.name().substr(5)).ok());
  ASSERT_TRUE(datasets_->Delete("ugr").ok());
  const grpc::Status status = Train(request, &again);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(again.name(), first.name());
  EXPECT_EQ(again.state(), v1::JOB_STATE_CANCELLED);
}

TEST_F(TrainTest, AnswersTheEvaluationOfARequestIdAfterANewVersion) {
  v1::EvaluateRequest request;
  request.set_model("edge");
  request.set_dataset("ugr");
  request.set_request_id("r1");
  v1::Job first, again;
  ASSERT_TRUE(Evaluate(request, &first).ok());
  PublishModel("edge", "j2");
  ASSERT_TRUE(Evaluate(request, &again).ok());
  EXPECT_EQ(again.name(), first.name());
}

TEST_F(TrainTest, RefusesARequestIdThatAnotherRequestHas) {
  v1::TrainRequest request = Request();
  request.set_request_id("r1");
  v1::Job first, job;
  ASSERT_TRUE(Train(request, &first).ok());
  v1::TrainRequest other = request;
  other.set_seed(4);
  const grpc::Status other_spec = Train(other, &job);
  EXPECT_EQ(other_spec.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(FieldOf(other_spec), "request_id");
  EXPECT_THAT(other_spec.error_message(), HasSubstr(first.name()));
  v1::EvaluateRequest evaluate;
  evaluate.set_model("edge");
  evaluate.set_dataset("ugr");
  evaluate.set_request_id("r1");
  EXPECT_EQ(FieldOf(Evaluate(evaluate, &job)), "request_id");
  request.set_priority(7);
  ASSERT_TRUE(Train(request, &job).ok()) << "when it runs is not what it does";
  EXPECT_EQ(job.name(), first.name());
}

TEST_F(TrainTest, EstimatesByTheNewestModelOfTheSameOptions) {
  PublishTrained("old", 40, 100, 1000);
  PublishTrained("new", 40, 2, 2000);
  PublishTrained("wider", 41, 1, 3000);
  // 3 rows, 10 passes, 2 rows a second.
  EXPECT_EQ(Estimate(0), (nlohmann::json{{"rows", 3},
                                         {"epochs", 10},
                                         {"memory_bytes", 1000},
                                         {"seconds", 15.0},
                                         {"based_on", "models/new/versions/1"}}));
  EXPECT_EQ(Estimate(25)["seconds"], 15.0);
  EXPECT_EQ(Estimate(0.1)["seconds"], 6.0);
  EXPECT_EQ(Estimate(0.1)["based_on"], "max_minutes");
}

TEST_F(TrainTest, EstimatesNoTimeWhereNothingSaysIt) {
  const nlohmann::json estimate = Estimate(0);
  EXPECT_EQ(estimate["rows"], 3);
  EXPECT_TRUE(estimate["seconds"].is_null());
  EXPECT_TRUE(estimate["based_on"].is_null());
  EXPECT_EQ(Estimate(25)["seconds"], 1500.0);
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
  EXPECT_EQ(spec["task_rows"], 5000);
  EXPECT_EQ(spec["generate"], (nlohmann::json{{"seed", 1},
                                              {"stream", 0},
                                              {"hosts", 7},
                                              {"home", "10.0.0.0/16"},
                                              {"start_ms", 86400000},
                                              {"rows", 1000000}}));
}

TEST_F(TrainTest, PinsEveryModelAndDefaultOfAReproduction) {
  v1::ReproduceRequest request = Reproduction({"stan", "stan_paper"});
  request.mutable_models(1)->set_rows(500);
  request.mutable_models(1)->set_max_likelihood_rows(70);
  v1::Job job;
  const grpc::Status status = Reproduce(request, &job);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(job.kind(), v1::JOB_KIND_REPRODUCE);
  PublishModel("edge", "j2");  // Too late for the job.
  const auto spec = nlohmann::json::parse(job.spec_json());
  EXPECT_EQ(spec["dataset"], "ugr");
  EXPECT_EQ(spec["task_rows"], 20000);
  ASSERT_EQ(spec["models"].size(), 2);
  EXPECT_EQ(spec["models"][0]["name"], "stan");
  EXPECT_EQ(spec["models"][0]["version"], 1);
  EXPECT_EQ(spec["models"][0]["generate"]["rows"], 1000000);
  EXPECT_EQ(spec["models"][0]["generate"]["hosts"], 7);
  EXPECT_EQ(spec["models"][1]["generate"]["rows"], 500);
  EXPECT_EQ(spec["models"][1]["max_likelihood_rows"], 70);
}

TEST_F(TrainTest, NamesTheModelThatAReproductionCannotHave) {
  v1::Job job;
  EXPECT_EQ(FieldOf(Reproduce(Reproduction({}), &job)), "models");
  EXPECT_EQ(FieldOf(Reproduce(Reproduction({"stan", "b9"}), &job)), "models[1].name");
  EXPECT_EQ(FieldOf(Reproduce(Reproduction({"b1", "b1"}), &job)), "models[1].name");
  v1::ReproduceRequest request = Reproduction({"stan", "b1"});
  request.mutable_models(1)->set_model("Edge");
  EXPECT_EQ(FieldOf(Reproduce(request, &job)), "models[1].model");
  request.mutable_models(1)->set_model("edge@99");
  const grpc::Status gone = Reproduce(request, &job);
  EXPECT_EQ(gone.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(gone.error_message(), HasSubstr("has no version 99"));
  // No clock can begin where this one's training did.
  PublishModel("late", "j3", int64_t{1} << 60);
  request.mutable_models(1)->set_model("late");
  EXPECT_EQ(FieldOf(Reproduce(request, &job)), "models[1].start");
}

TEST_F(TrainTest, ReproducesOnlyWithADatasetThatHoldsRowsOut) {
  v1::Job job;
  v1::ReproduceRequest request = Reproduction({"stan"});
  request.set_dataset("none");
  EXPECT_EQ(Reproduce(request, &job).error_code(), grpc::StatusCode::NOT_FOUND);
  PublishDataset("whole", /*holdout_rows=*/0);
  request.set_dataset("whole");
  EXPECT_EQ(FieldOf(Reproduce(request, &job)), "dataset");
  EXPECT_TRUE(store_->CountByState()->empty());
}

class BuildWithoutLibTorch : public TrainTest {
 protected:
  void SetUp() override {
    can_reproduce_ = false;
    TrainTest::SetUp();
  }
};

TEST_F(BuildWithoutLibTorch, RefusesAReproductionAndStoresNothing) {
  v1::Job job;
  const grpc::Status status = Reproduce(Reproduction({"b1"}), &job);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(status.error_message(), HasSubstr("LibTorch"));
  EXPECT_TRUE(store_->CountByState()->empty());
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
