#ifndef STANFLOW_TESTS_CLI_FAKE_SERVER_H_
#define STANFLOW_TESTS_CLI_FAKE_SERVER_H_

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "core/base/mutex.h"
#include "core/flow/flow.h"
#include "grpcpp/grpcpp.h"
#include "stanflow/v1/datasets.grpc.pb.h"
#include "stanflow/v1/jobs.grpc.pb.h"
#include "stanflow/v1/models.grpc.pb.h"
#include "stanflow/v1/synthesis.grpc.pb.h"

namespace stanflow {

// Flow `row` of the fake's stream: every value follows from the row alone.
Flow FakeFlow(uint64_t row);

// What came in, in order. Thread-safe.
template <typename T>
class Record {
 public:
  void Add(const T& value) {
    MutexLock lock(&mutex_);
    values_.push_back(value);
  }
  std::vector<T> All() const {
    MutexLock lock(&mutex_);
    return values_;
  }

 private:
  mutable Mutex mutex_;
  std::vector<T> values_ ABSL_GUARDED_BY(mutex_);
};

// What each request id was first used for: as a server does, it refuses another use. Thread-safe.
class RequestIds {
 public:
  grpc::Status Check(const std::string& id, const std::string& contents);

 private:
  Mutex mutex_;
  std::map<std::string, std::string> contents_ ABSL_GUARDED_BY(mutex_);
};

// Streams FakeFlow(0), FakeFlow(1), ...; a resume token is the next row's number.
class FakeSynthesis final : public v1::Synthesis::Service {
 public:
  grpc::Status Generate(grpc::ServerContext* context, const v1::GenerateRequest* request,
                        grpc::ServerWriter<v1::GenerateResponse>* writer) override;
  grpc::Status Train(grpc::ServerContext* context, const v1::TrainRequest* request, v1::Job* job) override;
  grpc::Status Evaluate(grpc::ServerContext* context, const v1::EvaluateRequest* request,
                        v1::Job* job) override;
  grpc::Status Stream(grpc::ServerContext* context, const v1::StreamRequest* request, v1::Job* job) override;
  grpc::Status Reproduce(grpc::ServerContext* context, const v1::ReproduceRequest* request,
                         v1::Job* job) override;

  // Set before a program starts. The n-th call breaks with `break_with` after so many rows of it;
  // later calls don't.
  std::deque<uint64_t> breaks;
  grpc::Status break_with{grpc::StatusCode::UNAVAILABLE, "the server is shutting down"};
  // The n-th call is refused so, unless OK; later calls aren't.
  std::vector<grpc::Status> refusals;
  // Rows more than were sent that summaries tell of: a wrong server.
  uint64_t lost = 0;
  // Rows that the first call leaves out after its first chunk: a wrong server.
  uint64_t skip = 0;
  // Called after a chunk was handed over, with the next row; at any time, from now on for calls in progress
  // too.
  void SetOnChunk(std::function<void(uint64_t)> on_chunk);
  grpc::Status refuse_generate, refuse_train;
  // So many first calls of Reproduce answer a job that has failed before.
  size_t lost_reproductions = 0;

  Record<v1::GenerateRequest> generates;
  Record<v1::TrainRequest> trains;
  Record<v1::EvaluateRequest> evaluates;
  Record<v1::ReproduceRequest> reproductions;
  Record<v1::StreamRequest> streams;

 private:
  RequestIds ids_;
  Mutex mutex_;
  std::function<void(uint64_t)> on_chunk_ ABSL_GUARDED_BY(mutex_);
};

// Every job is `job` (with the name that was asked for); its events are `events`.
class FakeJobs final : public v1::Jobs::Service {
 public:
  FakeJobs();
  grpc::Status GetJob(grpc::ServerContext* context, const v1::GetJobRequest* request, v1::Job* out) override;
  grpc::Status ListJobs(grpc::ServerContext* context, const v1::ListJobsRequest* request,
                        v1::ListJobsResponse* response) override;
  grpc::Status WatchJob(grpc::ServerContext* context, const v1::WatchJobRequest* request,
                        grpc::ServerWriter<v1::JobEvent>* writer) override;
  grpc::Status CancelJob(grpc::ServerContext* context, const v1::CancelJobRequest* request,
                         v1::Job* out) override;
  grpc::Status GetArtifact(grpc::ServerContext* context, const v1::GetArtifactRequest* request,
                           grpc::ServerWriter<v1::ArtifactChunk>* writer) override;

  // Sets the state, and the last event's.
  void EndAs(v1::JobState state);

  v1::Job job;
  std::vector<v1::JobEvent> events;
  size_t listed = 1;
  // The first watch breaks with `break_watch_with` after so many events; 0: never.
  size_t break_watch_after = 0;
  grpc::Status break_watch_with{grpc::StatusCode::UNAVAILABLE, "the server is shutting down"};
  // A job that succeeds and is never stuck, whatever becomes of the others.
  std::string unharmed;
  // Instead of ending, a watch waits for its cancel; called before that.
  std::function<void()> on_stuck_watch;

  Record<v1::WatchJobRequest> watches;
  Record<v1::ListJobsRequest> lists;
};

class FakeDatasets final : public v1::Datasets::Service {
 public:
  FakeDatasets();
  grpc::Status Upload(grpc::ServerContext* context, grpc::ServerReader<v1::UploadRequest>* reader,
                      v1::Job* job) override;
  grpc::Status Collect(grpc::ServerContext* context, const v1::CollectRequest* request,
                       v1::Job* job) override;
  grpc::Status GetDataset(grpc::ServerContext* context, const v1::GetDatasetRequest* request,
                          v1::Dataset* out) override;
  grpc::Status ListDatasets(grpc::ServerContext* context, const v1::ListDatasetsRequest* request,
                            v1::ListDatasetsResponse* response) override;
  grpc::Status DeleteDataset(grpc::ServerContext* context, const v1::DeleteDatasetRequest* request,
                             v1::DeleteDatasetResponse* response) override;

  struct Uploaded {
    v1::UploadHeader header;
    std::string data;
    size_t largest_message = 0;
  };
  v1::Dataset dataset;
  // Whichever is asked for; an upload makes it so, but for so many first ones: what they made is deleted.
  std::atomic<bool> exists{true};
  size_t lost_uploads = 0;
  grpc::Status refuse_get, refuse_delete;
  Record<Uploaded> uploads;
  Record<v1::CollectRequest> collections;
  Record<std::string> deleted;

 private:
  RequestIds ids_;
};

class FakeModels final : public v1::Models::Service {
 public:
  FakeModels();
  grpc::Status GetModel(grpc::ServerContext* context, const v1::GetModelRequest* request,
                        v1::ModelVersion* out) override;
  grpc::Status ListModels(grpc::ServerContext* context, const v1::ListModelsRequest* request,
                          v1::ListModelsResponse* response) override;
  grpc::Status SetAlias(grpc::ServerContext* context, const v1::SetAliasRequest* request,
                        v1::ModelAlias* out) override;
  grpc::Status DeleteVersion(grpc::ServerContext* context, const v1::DeleteVersionRequest* request,
                             v1::DeleteVersionResponse* response) override;
  grpc::Status ExportModel(grpc::ServerContext* context, const v1::ExportModelRequest* request,
                           grpc::ServerWriter<v1::BundleChunk>* writer) override;
  grpc::Status ImportModel(grpc::ServerContext* context, grpc::ServerReader<v1::ImportModelRequest>* reader,
                           v1::ModelVersion* out) override;

  v1::ModelVersion version;
  // So many first calls of GetModel find that the version was deleted.
  std::atomic<int> lost_lookups{0};
  std::string bundle = std::string(3000000, 'b');
  Record<v1::SetAliasRequest> aliases;
  Record<std::string> deleted, imported;
};

// The four services (and health) on a free port of the loopback.
class FakeServer {
 public:
  FakeServer();
  ~FakeServer();
  std::string address() const;

  FakeSynthesis synthesis;
  FakeJobs jobs;
  FakeDatasets datasets;
  FakeModels models;

 private:
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace stanflow

#endif  // STANFLOW_TESTS_CLI_FAKE_SERVER_H_
