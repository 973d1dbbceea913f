#include "server/rpc/datasets_service.h"

#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "server/registry/resource_name.h"
#include "server/rpc/convert.h"
#include "server/rpc/dataset_job_specs.h"
#include "server/rpc/incoming_folder.h"
#include "server/rpc/receive_file_reactor.h"
#include "server/rpc/submit.h"
#include "server/rpc/unary.h"
#include "server/rpc/unended_jobs.h"

namespace stanflow {
namespace {

absl::StatusOr<std::unique_ptr<Incoming>> CreateIncoming(const v1::UploadHeader& header,
                                                         const RpcOptions& options) {
  if (header.files().empty()) {
    return IncomingFile::Create(options.upload_dir,
                                {options.max_upload_bytes, header.size_bytes(), header.sha256()});
  }
  std::vector<IncomingFileLimits> files;
  for (const v1::UploadFile& file : header.files()) {
    files.push_back({file.size_bytes(), file.size_bytes(), file.sha256()});
  }
  return IncomingFolder::Create(options.upload_dir, options.max_upload_bytes, std::move(files));
}

}  // namespace

grpc::ServerReadReactor<v1::UploadRequest>* DatasetsService::Upload(grpc::CallbackServerContext* context,
                                                                    v1::Job* response) {
  using Reactor = ReceiveFileReactor<v1::UploadRequest, v1::UploadHeader>;
  Reactor::Steps steps;
  steps.begin = [env = env_, response](const v1::UploadHeader& header) -> Reactor::Begun {
    STANFLOW_ASSIGN_OR_RETURN(const std::optional<Job> known,
                              FindSubmitted(header, header.request_id(), *env));
    if (known.has_value()) {
      *response = ToProto(*known);
      return std::unique_ptr<Incoming>();
    }
    STANFLOW_RETURN_IF_ERROR(ImportJob(header, *env).status());
    return CreateIncoming(header, env->options);
  };
  steps.end = [this, response](const v1::UploadHeader& header, Incoming* file) -> absl::Status {
    MutexLock lock(&naming_);
    STANFLOW_ASSIGN_OR_RETURN(JobRequest job, ImportJob(header, *env_));
    job.adopt_file = file->path();
    STANFLOW_ASSIGN_OR_RETURN(const Job stored, SubmitOnce(job, *env_));
    file->Release();
    *response = ToProto(stored);
    return absl::OkStatus();
  };
  return Reactor::Start(env_, context, "Datasets/Upload", std::move(steps));
}

grpc::ServerUnaryReactor* DatasetsService::Collect(grpc::CallbackServerContext* context,
                                                   const v1::CollectRequest* request, v1::Job* response) {
  return RunUnary(env_, context, "Datasets/Collect", env_->disk, [=]() -> absl::Status {
    MutexLock lock(&naming_);
    return SubmitOrValidate(*request, *env_, CollectJob, response);
  });
}

grpc::ServerUnaryReactor* DatasetsService::GetDataset(grpc::CallbackServerContext* context,
                                                      const v1::GetDatasetRequest* request,
                                                      v1::Dataset* response) {
  return RunUnary(env_, context, "Datasets/GetDataset", env_->disk, [=]() -> absl::Status {
    STANFLOW_ASSIGN_OR_RETURN(const DatasetInfo info, env_->datasets->Get("name", request->name()));
    *response = ToProto(info);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* DatasetsService::ListDatasets(grpc::CallbackServerContext* context,
                                                        const v1::ListDatasetsRequest* request,
                                                        v1::ListDatasetsResponse* response) {
  return RunUnary(env_, context, "Datasets/ListDatasets", env_->disk, [=]() -> absl::Status {
    STANFLOW_ASSIGN_OR_RETURN(const std::vector<DatasetInfo> infos, env_->datasets->List());
    STANFLOW_ASSIGN_OR_RETURN(const Page page,
                              PageOf(infos.size(), request->page_size(), request->page_token()));
    for (size_t i = page.begin; i < page.end; ++i) *response->add_datasets() = ToProto(infos[i]);
    response->set_next_page_token(page.next_token);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* DatasetsService::DeleteDataset(grpc::CallbackServerContext* context,
                                                         const v1::DeleteDatasetRequest* request,
                                                         v1::DeleteDatasetResponse*) {
  return RunUnary(env_, context, "Datasets/DeleteDataset", env_->disk, [=]() -> absl::Status {
    STANFLOW_ASSIGN_OR_RETURN(const std::string id, ParseId("name", "datasets", request->name()));
    STANFLOW_RETURN_IF_ERROR(CheckUnread(*env_, id));
    return env_->datasets->Delete(id);
  });
}

}  // namespace stanflow
