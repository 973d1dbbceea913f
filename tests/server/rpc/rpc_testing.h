#ifndef STANFLOW_TESTS_SERVER_RPC_RPC_TESTING_H_
#define STANFLOW_TESTS_SERVER_RPC_RPC_TESTING_H_

#include <memory>
#include <string>
#include <vector>

#include "core/base/file.h"
#include "core/dataset/manifest.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "server/jobs/job_queue.h"
#include "server/rpc/rpc_server.h"
#include "server/rpc/status.h"
#include "stanflow/v1/datasets.grpc.pb.h"
#include "stanflow/v1/error_details.pb.h"
#include "stanflow/v1/jobs.grpc.pb.h"
#include "stanflow/v1/models.grpc.pb.h"
#include "stanflow/v1/synthesis.grpc.pb.h"
#include "tests/support/fake_generator.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_dir.h"

namespace stanflow {

// A whole server on the loopback, with fake models and a job queue that nobody runs; and a client of it.
class RpcTest : public ::testing::Test {
 protected:
  // Named by a test class before SetUp.
  FakeGeneratorOptions generator_options_;
  GenerateSchedulerOptions scheduler_options_;
  RpcOptions rpc_options_;
  bool can_reproduce_ = true;

  void SetUp() override {
    ModelRegistryOptions models;
    models.data_dir = dir_.path();
    const auto load = [this](const std::string& dir,
                             const std::string&) -> absl::StatusOr<std::unique_ptr<Generator>> {
      if (FileSize(dir + "/model.safetensors").value_or(0) == 0)
        return absl::DataLossError("model.safetensors is empty");
      return std::make_unique<FakeGenerator>(generator_options_);
    };
    const auto validate = [load](const std::string& dir) { return load(dir, "cpu").status(); };
    models_ = std::make_unique<ModelRegistry>(models, load, validate, &clock_);
    datasets_ = std::make_unique<DatasetRegistry>(dir_.path());
    auto store = OpenSqliteJobStore(dir_.File("jobs.db"));
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    JobQueueOptions queue;
    queue.data_dir = dir_.path();
    jobs_ = std::make_unique<JobQueue>(queue, store_.get(), &clock_);
    scheduler_options_.engine_threads = 1;
    StartServer();
  }

  void StartServer() {
    scheduler_ = std::make_unique<GenerateScheduler>(scheduler_options_, &Clock::Real(), nullptr, &metrics_);
    RpcEnvironment env;
    env.options = rpc_options_;
    env.options.build = "test";
    env.options.upload_dir = dir_.File("uploads");
    env.jobs = jobs_.get();
    env.find_request = [this](const std::string& request_id) { return store_->FindRequest(request_id); };
    env.models = models_.get();
    env.datasets = datasets_.get();
    env.scheduler = scheduler_.get();
    env.metrics = &metrics_;
    env.clock = &clock_;
    env.validate_train_options = [](const std::string& preset,
                                    const std::map<std::string, std::string>& options) {
      if (preset != "causal") return FieldError("preset", "there are: causal");
      return options.count("widht") > 0 ? FieldError("options", "'widht' is not known") : absl::OkStatus();
    };
    env.complete_train_options = [](const std::string&, const std::map<std::string, std::string>& options) {
      const auto width = options.find("width");
      return R"({"epochs":10,"width":)" + (width == options.end() ? "64" : width->second) + "}";
    };
    env.can_reproduce = can_reproduce_;
    env.check_reading = [](std::string_view format, std::string_view biflow, std::string_view schema) {
      if (format != "auto" && format != "ugr16-csv") {
        return absl::InvalidArgumentError("format: there are: auto, ugr16-csv");
      }
      if (biflow != "split" && biflow != "keep") return absl::InvalidArgumentError("biflow: unknown");
      return schema == "bad" ? absl::InvalidArgumentError("schema: is bad") : absl::OkStatus();
    };
    env.stream_file_dir = dir_.File("exports");
    env.check_sink = [](std::string_view to, uint32_t exporters) {
      if (to.substr(0, 6) == "gopher") return absl::InvalidArgumentError("there is no such sink");
      return exporters > 1024 ? absl::InvalidArgumentError("too many") : absl::OkStatus();
    };
    RpcServerOptions options;
    options.listen = "127.0.0.1:0";
    auto server = RpcServer::Start(options, std::move(env));
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    // A window that does not grow by what gRPC measures: a reader that takes nothing then stops the server's
    // writes after 64 KiB, whatever the machine is busy with.
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    channel_ = grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(server_->port()),
                                         grpc::InsecureChannelCredentials(), arguments);
    synthesis_ = v1::Synthesis::NewStub(channel_);
    jobs_stub_ = v1::Jobs::NewStub(channel_);
    models_stub_ = v1::Models::NewStub(channel_);
    datasets_stub_ = v1::Datasets::NewStub(channel_);
  }

  void PublishModel(const std::string& model, const std::string& job, int64_t default_start_ms = 86400000) {
    const std::string bundle = dir_.File("bundle-" + job);
    ASSERT_TRUE(MakeDirectories(bundle).ok());
    dir_.Write("bundle-" + job + "/manifest.json", R"({"preset":"fake","hosts":7,"default_start_ms":)" +
                                                       std::to_string(default_start_ms) +
                                                       R"(,"created_ms":5,"validation_nats":null})");
    dir_.Write("bundle-" + job + "/model.safetensors", "weights");
    const auto id = models_->Publish(bundle, model, job);
    ASSERT_TRUE(id.ok()) << id.status();
  }

  void PublishDataset(const std::string& id, uint64_t holdout_rows = 2) {
    ASSERT_TRUE(MakeDirectories(dir_.File("made-" + id)).ok());
    DatasetManifest manifest;
    manifest.size_bytes = 1000;
    manifest.name = id;
    manifest.digest = id;
    manifest.home = {Cidr{0x0A000000, 16}};
    manifest.train_rows = 3;
    manifest.holdout_rows = holdout_rows;
    manifest.rows = manifest.train_rows + holdout_rows;
    dir_.Write("made-" + id + "/dataset.json", ManifestToJson(manifest).dump());
    const auto published = datasets_->Publish(dir_.File("made-" + id), id, "job-" + id);
    ASSERT_TRUE(published.ok()) << published.status();
  }

  TempDir dir_;
  ManualClock clock_{1'460'000'000'000};
  Metrics metrics_{"test", "none"};
  std::unique_ptr<ModelRegistry> models_;
  std::unique_ptr<DatasetRegistry> datasets_;
  std::unique_ptr<JobStore> store_;
  std::unique_ptr<JobQueue> jobs_;
  std::unique_ptr<GenerateScheduler> scheduler_;
  std::unique_ptr<RpcServer> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::Synthesis::Stub> synthesis_;
  std::unique_ptr<v1::Jobs::Stub> jobs_stub_;
  std::unique_ptr<v1::Models::Stub> models_stub_;
  std::unique_ptr<v1::Datasets::Stub> datasets_stub_;
};

// Of the details of an error.
template <typename Detail>
Detail DetailOf(const grpc::Status& status, const std::string& type) {
  v1::ErrorStatus details;
  details.ParseFromString(status.error_details());
  Detail detail;
  for (const auto& any : details.details()) {
    if (any.type_url() == "type.googleapis.com/google.rpc." + type) detail.ParseFromString(any.value());
  }
  return detail;
}
inline std::string FieldOf(const grpc::Status& status) {
  const auto bad = DetailOf<v1::BadRequest>(status, "BadRequest");
  return bad.field_violations().empty() ? "" : bad.field_violations(0).field();
}
inline std::string ReasonOf(const grpc::Status& status) {
  return DetailOf<v1::ErrorInfo>(status, "ErrorInfo").reason();
}

}  // namespace stanflow

#endif  // STANFLOW_TESTS_SERVER_RPC_RPC_TESTING_H_
