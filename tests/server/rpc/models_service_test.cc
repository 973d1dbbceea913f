#include <filesystem>

#include "gmock/gmock.h"
#include "tests/server/rpc/rpc_testing.h"

namespace stanflow {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ModelsTest : public RpcTest {
 protected:
  void SetUp() override {
    RpcTest::SetUp();
    PublishModel("edge", "j1");
    PublishModel("edge", "j2");
  }

  v1::ModelVersion Get(const std::string& name) {
    v1::GetModelRequest request;
    request.set_name(name);
    v1::ModelVersion version;
    grpc::ClientContext context;
    const grpc::Status status = models_stub_->GetModel(&context, request, &version);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return version;
  }
  grpc::Status SetAlias(uint64_t version, v1::ModelAlias* alias) {
    v1::SetAliasRequest request;
    request.set_model("edge");
    request.set_alias("prod");
    request.set_version(version);
    grpc::ClientContext context;
    return models_stub_->SetAlias(&context, request, alias);
  }
  grpc::Status Delete(const std::string& name) {
    v1::DeleteVersionRequest request;
    request.set_name(name);
    v1::DeleteVersionResponse response;
    grpc::ClientContext context;
    return models_stub_->DeleteVersion(&context, request, &response);
  }
  std::string Export(const std::string& name) {
    v1::ExportModelRequest request;
    request.set_name(name);
    grpc::ClientContext context;
    const auto reader = models_stub_->ExportModel(&context, request);
    v1::BundleChunk chunk;
    std::string tar;
    while (reader->Read(&chunk)) tar += chunk.data();
    EXPECT_TRUE(reader->Finish().ok());
    return tar;
  }
  grpc::Status Import(const std::string& model, const std::string& tar, v1::ModelVersion* version) {
    grpc::ClientContext context;
    const auto writer = models_stub_->ImportModel(&context, version);
    v1::ImportModelRequest message;
    message.mutable_header()->set_model(model);
    writer->Write(message);
    message.set_data(tar);
    writer->Write(message);
    writer->WritesDone();
    return writer->Finish();
  }
};

TEST_F(ModelsTest, DescribesAVersionFromItsManifest) {
  const v1::ModelVersion version = Get("edge");
  EXPECT_EQ(version.name(), "models/edge/versions/2");
  EXPECT_EQ(version.preset(), "fake");
  EXPECT_EQ(version.hosts(), 7u);
  EXPECT_EQ(version.state(), v1::MODEL_STATE_UNLOADED);
  EXPECT_THAT(version.manifest_json(), HasSubstr("default_start_ms"));
}

TEST_F(ModelsTest, TellsTheNatsOfKindsThatKnowALikelihoodOnly) {
  EXPECT_FALSE(Get("edge").has_validation_nats());
  ASSERT_TRUE(MakeDirectories(dir_.File("scored")).ok());
  dir_.Write("scored/manifest.json", R"({"preset":"fake","hosts":7,"validation_nats":28.5})");
  dir_.Write("scored/model.safetensors", "weights");
  ASSERT_TRUE(models_->Publish(dir_.File("scored"), "scored", "j9").ok());
  EXPECT_TRUE(Get("scored").has_validation_nats());
  EXPECT_EQ(Get("scored").validation_nats(), 28.5);
}

TEST_F(ModelsTest, ListsNewestVersionsFirst) {
  v1::ListModelsResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(models_stub_->ListModels(&context, {}, &response).ok());
  std::vector<std::string> names;
  for (const auto& version : response.versions()) names.push_back(version.name());
  EXPECT_THAT(names, ElementsAre("models/edge/versions/2", "models/edge/versions/1"));
}

TEST_F(ModelsTest, LoadsAheadAndUnloads) {
  v1::LoadModelRequest load;
  load.set_name("edge@1");
  v1::ModelVersion version;
  grpc::ClientContext load_context;
  ASSERT_TRUE(models_stub_->LoadModel(&load_context, load, &version).ok());
  EXPECT_EQ(version.state(), v1::MODEL_STATE_READY);
  EXPECT_EQ(version.device(), "cpu");
  v1::UnloadModelRequest unload;
  unload.set_name("edge@1");
  grpc::ClientContext unload_context;
  ASSERT_TRUE(models_stub_->UnloadModel(&unload_context, unload, &version).ok());
  EXPECT_EQ(version.state(), v1::MODEL_STATE_UNLOADED);
}

TEST_F(ModelsTest, RefusesToUnloadOrDeleteWhatAStreamUses) {
  grpc::ClientContext stream;
  v1::GenerateRequest generate;
  generate.set_model("edge@1");
  const auto reader = synthesis_->Generate(&stream, generate);
  v1::GenerateResponse message;
  ASSERT_TRUE(reader->Read(&message));
  v1::UnloadModelRequest unload;
  unload.set_name("edge@1");
  v1::ModelVersion version;
  grpc::ClientContext context;
  EXPECT_EQ(models_stub_->UnloadModel(&context, unload, &version).error_code(),
            grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(Delete("edge@1").error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  stream.TryCancel();
  reader->Finish();
}

TEST_F(ModelsTest, RefusesToDeleteWhatAJobThatHasNotEndedUses) {
  PublishDataset("office");
  v1::StreamRequest stream;
  stream.mutable_generate()->set_model("edge@1");
  stream.set_to("netflow9://127.0.0.1:2055");
  v1::EvaluateRequest evaluation;
  evaluation.set_model("edge@1");
  evaluation.set_dataset("office");
  v1::Job streaming, evaluating;
  grpc::ClientContext stream_context, evaluate_context;
  ASSERT_TRUE(synthesis_->Stream(&stream_context, stream, &streaming).ok());
  ASSERT_TRUE(synthesis_->Evaluate(&evaluate_context, evaluation, &evaluating).ok());
  EXPECT_TRUE(Delete("edge@2").ok());
  for (const v1::Job& job : {evaluating, streaming}) {
    const grpc::Status refused = Delete("edge@1");
    EXPECT_EQ(refused.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
    EXPECT_THAT(refused.error_message(), HasSubstr(job.name()));
    ASSERT_TRUE(jobs_->Cancel(job.name().substr(5)).ok());
  }
  EXPECT_TRUE(Delete("edge@1").ok());
}

TEST_F(ModelsTest, KeepsTheHistoryOfAnAlias) {
  v1::ModelAlias alias;
  ASSERT_TRUE(SetAlias(1, &alias).ok());
  clock_.Advance(std::chrono::seconds(1));
  alias.Clear();
  ASSERT_TRUE(SetAlias(2, &alias).ok());
  EXPECT_EQ(alias.version(), 2u);
  ASSERT_EQ(alias.history_size(), 2);
  EXPECT_EQ(alias.history(1).time().seconds() - alias.history(0).time().seconds(), 1);
  EXPECT_THAT(Get("edge@prod").aliases(), ElementsAre("prod"));
  EXPECT_EQ(Delete("edge@2").error_code(), grpc::StatusCode::FAILED_PRECONDITION);
}

TEST_F(ModelsTest, DeletesOnlyANamedVersion) {
  EXPECT_EQ(FieldOf(Delete("edge")), "name");
  EXPECT_TRUE(Delete("models/edge/versions/2").ok());
  EXPECT_EQ(Get("edge").name(), "models/edge/versions/1");
}

TEST_F(ModelsTest, BringsAnExportedBundleBackAsANewModel) {
  v1::ModelVersion version;
  const std::string tar = Export("edge@1");
  const grpc::Status status = Import("copy", tar, &version);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(version.name(), "models/copy/versions/1");
  EXPECT_EQ(dir_.Read("models/copy/1/model.safetensors"), "weights");
  ASSERT_TRUE(Import("copy", tar, &version).ok());
  EXPECT_EQ(version.name(), "models/copy/versions/1") << "the same bytes again are the same version";
}

TEST_F(ModelsTest, LeavesNothingBehindOfAnExport) {
  v1::ExportModelRequest request;
  request.set_name("edge@1");
  Export(request.name());
  ASSERT_TRUE(RemoveAll(dir_.File("models/edge/1/manifest.json")).ok());
  grpc::ClientContext context;
  const auto reader = models_stub_->ExportModel(&context, request);
  v1::BundleChunk chunk;
  EXPECT_FALSE(reader->Read(&chunk));
  EXPECT_FALSE(reader->Finish().ok());
  EXPECT_TRUE(std::filesystem::is_empty(dir_.File("uploads")));
}

TEST_F(ModelsTest, RefusesADamagedBundleAndKeepsNothing) {
  v1::ModelVersion version;
  EXPECT_EQ(Import("copy", "not a tar file", &version).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  std::string tar = Export("edge@1");
  EXPECT_FALSE(Import("copy", tar.substr(0, 700), &version).ok());
  EXPECT_TRUE(absl::IsNotFound(models_->Resolve("model", "copy").status()));
}

}  // namespace
}  // namespace stanflow
