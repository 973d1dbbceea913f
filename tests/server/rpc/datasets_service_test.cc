#include <filesystem>

#include "core/base/digest.h"
#include "gmock/gmock.h"
#include "nlohmann/json.hpp"
#include "tests/server/rpc/rpc_testing.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

class DatasetsTest : public RpcTest {
 protected:
  DatasetsTest() { rpc_options_.max_upload_bytes = 1000; }

  static v1::UploadHeader Header() {
    v1::UploadHeader header;
    header.set_dataset("ugr");
    header.add_home("42.219.0.0/16");
    header.set_holdout("hours=odd");
    return header;
  }

  static v1::UploadFile* AddFile(const std::string& name, uint64_t bytes, v1::UploadHeader* header) {
    v1::UploadFile* const file = header->add_files();
    file->set_name(name);
    file->set_size_bytes(bytes);
    return file;
  }

  // Sends the header and the pieces, as far as the server takes them.
  grpc::Status Upload(const v1::UploadHeader& header, const std::vector<std::string>& pieces, v1::Job* job) {
    grpc::ClientContext context;
    const auto writer = datasets_stub_->Upload(&context, job);
    v1::UploadRequest message;
    *message.mutable_header() = header;
    bool open = writer->Write(message);
    for (const std::string& piece : pieces) {
      message.set_data(piece);
      open = open && writer->Write(message);
    }
    writer->WritesDone();
    return writer->Finish();
  }

  size_t FilesKept() const {
    const std::string dir = dir_.File("uploads");
    if (!std::filesystem::exists(dir)) return 0;
    return std::distance(std::filesystem::directory_iterator(dir), std::filesystem::directory_iterator());
  }
};

TEST_F(DatasetsTest, HandsAWholeUploadToAnImportJob) {
  v1::UploadHeader header = Header();
  header.set_size_bytes(6);
  Sha256 digest;
  digest.Update("abcdef");
  header.set_sha256(digest.Finish());
  v1::Job job;
  const grpc::Status status = Upload(header, {"abc", "def"}, &job);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(job.kind(), v1::JOB_KIND_IMPORT);
  const auto spec = nlohmann::json::parse(job.spec_json());
  EXPECT_EQ(spec["dataset"], "ugr");
  EXPECT_EQ(spec["home"], nlohmann::json::array({"42.219.0.0/16"}));
  EXPECT_EQ(spec["holdout"], "hours=odd");
  EXPECT_EQ(spec["format"], "auto");
  EXPECT_EQ(spec["biflow"], "split");
  EXPECT_EQ(spec["schema"], "");
  EXPECT_FALSE(spec.contains("files"));
  EXPECT_EQ(spec["max_rejected_share"], 0.01);
  EXPECT_EQ(dir_.Read(job.name() + "/upload"), "abcdef");
  EXPECT_EQ(FilesKept(), 0u);
}

TEST_F(DatasetsTest, RefusesTheNameThatACollectionMakes) {
  v1::CollectRequest collect;
  collect.set_dataset("ugr");
  collect.add_home("42.219.0.0/16");
  grpc::ClientContext context;
  v1::Job collection, job;
  ASSERT_TRUE(datasets_stub_->Collect(&context, collect, &collection).ok());
  v1::UploadHeader header = Header();
  const grpc::Status refused = Upload(header, {"abc"}, &job);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::FAILED_PRECONDITION) << refused.error_message();
  EXPECT_THAT(refused.error_message(), HasSubstr("dataset: " + collection.name()));
  header.set_dataset("another");
  EXPECT_TRUE(Upload(header, {"abc"}, &job).ok());
}

TEST_F(DatasetsTest, HandsSeveralFilesToTheJobWhereverTheMessagesCutThem) {
  v1::UploadHeader header = Header();
  header.set_biflow("keep");
  Sha256 digest;
  digest.Update("cdefg");
  AddFile("logs/a", 2, &header);
  AddFile("logs/b", 5, &header)->set_sha256(digest.Finish());
  AddFile("logs/c", 1, &header);
  v1::Job job;
  const grpc::Status status = Upload(header, {"abc", "de", "fgh"}, &job);
  ASSERT_TRUE(status.ok()) << status.error_message();
  const auto spec = nlohmann::json::parse(job.spec_json());
  EXPECT_EQ(spec["files"], nlohmann::json::array({"logs/a", "logs/b", "logs/c"}));
  EXPECT_EQ(spec["biflow"], "keep");
  EXPECT_EQ(dir_.Read(job.name() + "/upload/0"), "ab");
  EXPECT_EQ(dir_.Read(job.name() + "/upload/1"), "cdefg");
  EXPECT_EQ(dir_.Read(job.name() + "/upload/2"), "h");
  EXPECT_EQ(FilesKept(), 0u);
}

TEST_F(DatasetsTest, KeepsNothingOfSeveralFilesThatAreShortLongOrAltered) {
  v1::UploadHeader header = Header();
  AddFile("a", 2, &header);
  AddFile("b", 3, &header);
  v1::UploadHeader signed_header = header;
  signed_header.mutable_files(1)->set_sha256(std::string(32, 'x'));
  const struct {
    const char* field;
    v1::UploadHeader header;
    std::vector<std::string> pieces;
  } cases[] = {{"files[1].size_bytes", header, {"abcd"}},
               {"files[0].size_bytes", header, {}},
               {"data", header, {"abcdef"}},
               {"files[1].sha256", signed_header, {"abcde"}}};
  for (const auto& c : cases) {
    v1::Job job;
    const grpc::Status status = Upload(c.header, c.pieces, &job);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
    EXPECT_EQ(FieldOf(status), c.field) << status.error_message();
    EXPECT_EQ(FilesKept(), 0u);
  }
  EXPECT_TRUE(store_->CountByState()->empty());
}

TEST_F(DatasetsTest, KeepsNothingOfAnUploadThatIsShortLongOrAltered) {
  v1::UploadHeader sized = Header();
  sized.set_size_bytes(6);
  v1::UploadHeader signed_header = Header();
  signed_header.set_sha256(std::string(32, 'x'));
  const struct {
    const char* field;
    v1::UploadHeader header;
    std::vector<std::string> pieces;
  } cases[] = {{"size_bytes", sized, {"abc"}},
               {"size_bytes", sized, {"abc", "defg"}},
               {"sha256", signed_header, {"abc"}},
               {"data", Header(), {}},
               {"data", Header(), {std::string(600, 'a'), std::string(600, 'b')}}};
  for (const auto& c : cases) {
    v1::Job job;
    const grpc::Status status = Upload(c.header, c.pieces, &job);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
    EXPECT_EQ(FieldOf(status), c.field) << status.error_message();
    EXPECT_EQ(FilesKept(), 0u);
  }
  EXPECT_TRUE(store_->CountByState()->empty());
}

TEST_F(DatasetsTest, KeepsNothingOfAnUploadThatBreaksOff) {
  {
    grpc::ClientContext context;
    v1::Job job;
    const auto writer = datasets_stub_->Upload(&context, &job);
    v1::UploadRequest message;
    *message.mutable_header() = Header();
    writer->Write(message);
    message.set_data("abc");
    writer->Write(message);
    context.TryCancel();
    EXPECT_FALSE(writer->Finish().ok());
  }
  server_ = nullptr;  // Waits until the call has ended on the server's side.
  EXPECT_EQ(FilesKept(), 0u);
  EXPECT_TRUE(store_->CountByState()->empty());
}

TEST_F(DatasetsTest, RefusesABadHeaderBeforeTheBytesCome) {
  const struct {
    const char* field;
    void (*spoil)(v1::UploadHeader*);
  } cases[] = {
      {"dataset", [](v1::UploadHeader* h) { h->set_dataset("U G R"); }},
      {"home", [](v1::UploadHeader* h) { h->clear_home(); }},
      {"home", [](v1::UploadHeader* h) { h->add_home("42.219.0.1/16"); }},
      {"holdout", [](v1::UploadHeader* h) { h->set_holdout("hours=blue"); }},
      {"format", [](v1::UploadHeader* h) { h->set_format("xls"); }},
      {"biflow", [](v1::UploadHeader* h) { h->set_biflow("both"); }},
      {"schema", [](v1::UploadHeader* h) { h->set_schema("bad"); }},
      {"files[0].name", [](v1::UploadHeader* h) { AddFile("", 3, h); }},
      {"files[0].size_bytes", [](v1::UploadHeader* h) { AddFile("a", 0, h); }},
      {"files", [](v1::UploadHeader* h) { AddFile("a", 2000, h); }},
      {"files[1].sha256",
       [](v1::UploadHeader* h) {
         AddFile("a", 1, h);
         AddFile("b", 3, h)->set_sha256("short");
       }},
      {"size_bytes",
       [](v1::UploadHeader* h) {
         AddFile("a", 3, h);
         h->set_size_bytes(3);
       }},
      {"max_rejected_share", [](v1::UploadHeader* h) { h->set_max_rejected_share(1.5); }},
      {"size_bytes", [](v1::UploadHeader* h) { h->set_size_bytes(2000); }},
      {"sha256", [](v1::UploadHeader* h) { h->set_sha256("short"); }},
  };
  for (const auto& c : cases) {
    v1::UploadHeader header = Header();
    c.spoil(&header);
    v1::Job job;
    const grpc::Status status = Upload(header, {"abc"}, &job);
    EXPECT_EQ(FieldOf(status), c.field) << status.error_message();
  }
}

TEST_F(DatasetsTest, AnswersTheJobOfAKnownRequestIdWithoutTheBytes) {
  v1::UploadHeader header = Header();
  header.set_request_id("r1");
  v1::Job first, again;
  ASSERT_TRUE(Upload(header, {"abc"}, &first).ok());
  const grpc::Status status = Upload(header, {}, &again);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(again.name(), first.name());
  EXPECT_EQ(FilesKept(), 0u);
  header.set_holdout("hours=even");
  const grpc::Status other = Upload(header, {"abc"}, &again);
  EXPECT_EQ(other.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(FieldOf(other), "request_id");
}

TEST_F(DatasetsTest, RefusesBytesWithoutAHeader) {
  grpc::ClientContext context;
  v1::Job job;
  const auto writer = datasets_stub_->Upload(&context, &job);
  v1::UploadRequest message;
  message.set_data("abc");
  writer->Write(message);
  writer->WritesDone();
  EXPECT_EQ(FieldOf(writer->Finish()), "header");
}

TEST_F(DatasetsTest, ListsInPages) {
  for (const char* id : {"a", "b", "c"}) PublishDataset(id);
  v1::ListDatasetsRequest request;
  request.set_page_size(2);
  std::vector<std::string> names;
  do {
    grpc::ClientContext context;
    v1::ListDatasetsResponse response;
    ASSERT_TRUE(datasets_stub_->ListDatasets(&context, request, &response).ok());
    for (const auto& dataset : response.datasets()) names.push_back(dataset.name());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(names, ::testing::ElementsAre("datasets/a", "datasets/b", "datasets/c"));
}

TEST_F(DatasetsTest, IsNotDeletedWhileAJobReadsIt) {
  PublishDataset("ugr");
  v1::TrainRequest train;
  train.set_dataset("ugr");
  train.set_model("edge");
  v1::Job job;
  grpc::ClientContext train_context;
  ASSERT_TRUE(synthesis_->Train(&train_context, train, &job).ok());
  v1::DeleteDatasetRequest request;
  request.set_name("datasets/ugr");
  v1::DeleteDatasetResponse response;
  grpc::ClientContext context;
  const grpc::Status refused = datasets_stub_->DeleteDataset(&context, request, &response);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(refused.error_message(), HasSubstr(job.name()));
  ASSERT_TRUE(jobs_->Cancel(job.name().substr(5)).ok());
  grpc::ClientContext again;
  EXPECT_TRUE(datasets_stub_->DeleteDataset(&again, request, &response).ok());
}

}  // namespace
}  // namespace stanflow
