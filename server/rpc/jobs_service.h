#ifndef STANFLOW_SERVER_RPC_JOBS_SERVICE_H_
#define STANFLOW_SERVER_RPC_JOBS_SERVICE_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/rpc/rpc_environment.h"
#include "stanflow/v1/jobs.grpc.pb.h"

namespace stanflow {

// "jobs/ID" or "ID"; answers the ID. INVALID_ARGUMENT as "FIELD: ...".
absl::StatusOr<std::string> ParseJobName(std::string_view field, std::string_view name);

// stanflow.v1.Jobs. `env` outlives it.
class JobsService final : public v1::Jobs::CallbackService {
 public:
  explicit JobsService(const RpcEnvironment* env) : env_(env) {}

  grpc::ServerUnaryReactor* GetJob(grpc::CallbackServerContext* context, const v1::GetJobRequest* request,
                                   v1::Job* response) override;
  grpc::ServerUnaryReactor* ListJobs(grpc::CallbackServerContext* context, const v1::ListJobsRequest* request,
                                     v1::ListJobsResponse* response) override;
  grpc::ServerWriteReactor<v1::JobEvent>* WatchJob(grpc::CallbackServerContext* context,
                                                   const v1::WatchJobRequest* request) override;
  grpc::ServerUnaryReactor* CancelJob(grpc::CallbackServerContext* context,
                                      const v1::CancelJobRequest* request, v1::Job* response) override;
  grpc::ServerWriteReactor<v1::ArtifactChunk>* GetArtifact(grpc::CallbackServerContext* context,
                                                           const v1::GetArtifactRequest* request) override;

 private:
  const RpcEnvironment* const env_;
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_RPC_JOBS_SERVICE_H_
