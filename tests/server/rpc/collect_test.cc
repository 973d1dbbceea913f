#include "gmock/gmock.h"
#include "nlohmann/json.hpp"
#include "tests/server/rpc/rpc_testing.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

class CollectTest : public RpcTest {
 protected:
  static v1::CollectRequest Request(const std::string& dataset = "live") {
    v1::CollectRequest request;
    request.set_dataset(dataset);
    request.add_home("10.0.0.0/16");
    return request;
  }
  grpc::Status Collect(const v1::CollectRequest& request, v1::Job* job) {
    grpc::ClientContext context;
    return datasets_stub_->Collect(&context, request, job);
  }
  std::string RefusedField(const v1::CollectRequest& request) {
    v1::Job job;
    const grpc::Status status = Collect(request, &job);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
    return FieldOf(status);
  }
  std::string Precondition(const v1::CollectRequest& request) {
    v1::Job job;
    const grpc::Status status = Collect(request, &job);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION) << status.error_message();
    return status.error_message();
  }
};

TEST_F(CollectTest, AnswersAStoredJobWithItsDefaultsFilledIn) {
  v1::Job job;
  const grpc::Status status = Collect(Request(), &job);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(job.kind(), v1::JOB_KIND_COLLECT);
  EXPECT_EQ(nlohmann::json::parse(job.spec_json()), (nlohmann::json{{"dataset", "live"},
                                                                    {"home", {"10.0.0.0/16"}},
                                                                    {"holdout", "none"},
                                                                    {"base_digest", ""},
                                                                    {"listen", "127.0.0.1:2055"},
                                                                    {"max_rows", 50000000},
                                                                    {"max_minutes", 0},
                                                                    {"publish_seconds", 60},
                                                                    {"max_spool_bytes", 1 << 30},
                                                                    {"receive_buffer_bytes", 8 << 20}}));
}

TEST_F(CollectTest, AnswersTheSameJobForTheSameRequestId) {
  v1::CollectRequest request = Request();
  request.set_request_id("once");
  v1::Job first, again;
  ASSERT_TRUE(Collect(request, &first).ok());
  ASSERT_TRUE(Collect(request, &again).ok());
  EXPECT_EQ(first.name(), again.name());
}

TEST_F(CollectTest, ValidatesWithoutStoring) {
  v1::CollectRequest request = Request();
  request.set_validate_only(true);
  v1::Job job;
  ASSERT_TRUE(Collect(request, &job).ok());
  EXPECT_EQ(job.name(), "");
  EXPECT_THAT(job.spec_json(), HasSubstr("live"));
  // So nothing has the port.
  request.set_validate_only(false);
  EXPECT_TRUE(Collect(request, &job).ok());
}

TEST_F(CollectTest, NamesTheFieldThatIsWrong) {
  v1::CollectRequest request = Request();
  request.clear_home();
  EXPECT_EQ(RefusedField(request), "home");
  request.add_home("10.0.0.0/33");
  EXPECT_EQ(RefusedField(request), "home");
  request = Request("No!");
  EXPECT_EQ(RefusedField(request), "dataset");
  request = Request();
  request.set_holdout("hours=many");
  EXPECT_EQ(RefusedField(request), "holdout");
  for (const char* listen : {"localhost:2055", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", "[::1]:2055"}) {
    request = Request();
    request.set_listen(listen);
    EXPECT_EQ(RefusedField(request), "listen") << listen;
  }
  request = Request();
  request.set_max_rows(50000001);
  EXPECT_EQ(RefusedField(request), "max_rows");
  request = Request();
  request.set_max_minutes(-1);
  EXPECT_EQ(RefusedField(request), "max_minutes");
  request = Request();
  request.set_publish_seconds(1);
  EXPECT_EQ(RefusedField(request), "publish_seconds");
}

TEST_F(CollectTest, RefusesAPortOrADatasetThatAnotherCollectionHas) {
  v1::Job first, other;
  ASSERT_TRUE(Collect(Request(), &first).ok());
  v1::CollectRequest request = Request("another");
  EXPECT_THAT(Precondition(request), HasSubstr("listen: " + first.name()));
  request.set_listen("0.0.0.0:2055");
  EXPECT_THAT(Precondition(request), HasSubstr("listen: " + first.name()));
  request = Request();
  request.set_listen("127.0.0.1:2056");
  EXPECT_THAT(Precondition(request), HasSubstr("dataset: " + first.name()));
  request.set_dataset("another");
  EXPECT_TRUE(Collect(request, &other).ok());
  request = Request("third");
  request.set_listen("127.0.0.2:2055");
  EXPECT_TRUE(Collect(request, &other).ok());
}

TEST_F(CollectTest, RefusesADatasetThatAnImportIsMaking) {
  grpc::ClientContext context;
  v1::Job import;
  const auto writer = datasets_stub_->Upload(&context, &import);
  v1::UploadRequest message;
  message.mutable_header()->set_dataset("live");
  message.mutable_header()->add_home("10.0.0.0/16");
  writer->Write(message);
  message.set_data("abc");
  writer->Write(message);
  writer->WritesDone();
  const grpc::Status uploaded = writer->Finish();
  ASSERT_TRUE(uploaded.ok()) << uploaded.error_message();
  EXPECT_THAT(Precondition(Request()), HasSubstr("dataset: " + import.name() + " imports 'live'"));
  ASSERT_TRUE(jobs_->Cancel(import.name().substr(5)).ok());
  v1::Job job;
  EXPECT_TRUE(Collect(Request(), &job).ok());
}

TEST_F(CollectTest, GoesOnWithADatasetThatIsThereOnItsTerms) {
  PublishDataset("office");
  const DatasetManifest there = datasets_->Get("dataset", "office")->manifest;
  v1::CollectRequest request;
  request.set_dataset("office");
  request.set_validate_only(true);
  v1::Job job;
  const grpc::Status status = Collect(request, &job);
  ASSERT_TRUE(status.ok()) << status.error_message();
  const auto spec = nlohmann::json::parse(job.spec_json());
  EXPECT_EQ(spec["base_digest"], there.digest);
  EXPECT_EQ(spec["home"][0], there.home[0].ToString());
  EXPECT_EQ(spec["holdout"], there.holdout.ToString());
  request.add_home("192.0.2.0/24");
  EXPECT_EQ(RefusedField(request), "home");
  request.clear_home();
  request.set_holdout("hosts=0.5");
  EXPECT_EQ(RefusedField(request), "holdout");
  request.clear_holdout();
  request.set_max_rows(there.rows);
  EXPECT_EQ(RefusedField(request), "max_rows");
}

TEST_F(CollectTest, KeepsItsDatasetFromBeingDeleted) {
  PublishDataset("office");
  v1::CollectRequest request;
  request.set_dataset("office");
  v1::Job job;
  ASSERT_TRUE(Collect(request, &job).ok());
  grpc::ClientContext context;
  v1::DeleteDatasetRequest remove;
  remove.set_name("office");
  v1::DeleteDatasetResponse removed;
  const grpc::Status refused = datasets_stub_->DeleteDataset(&context, remove, &removed);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(refused.error_message(), HasSubstr(job.name()));
}

}  // namespace
}  // namespace stanflow
