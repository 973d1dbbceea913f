#include "server/rpc/jobs_service.h"

#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "server/rpc/convert.h"
#include "server/rpc/send_file_reactor.h"
#include "server/rpc/unary.h"
#include "server/rpc/watch_reactor.h"

namespace stanflow {

absl::StatusOr<std::string> ParseJobName(std::string_view field, std::string_view name) {
  constexpr std::string_view kPrefix = "jobs/";
  if (name.substr(0, kPrefix.size()) == kPrefix) name.remove_prefix(kPrefix.size());
  bool valid = !name.empty() && name.size() <= 64;
  for (const char c : name) {
    valid = valid && ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      c == '-' || c == '_');
  }
  if (!valid) return FieldError(field, StrCat("'", name.substr(0, 80), "' is no job; write 'jobs/ID'"));
  return std::string(name);
}

grpc::ServerUnaryReactor* JobsService::GetJob(grpc::CallbackServerContext* context,
                                              const v1::GetJobRequest* request, v1::Job* response) {
  return RunUnary(env_, context, "Jobs/GetJob", env_->disk, [=]() -> absl::Status {
    STANFLOW_ASSIGN_OR_RETURN(const std::string id, ParseJobName("name", request->name()));
    STANFLOW_ASSIGN_OR_RETURN(const Job job, env_->jobs->Get(id));
    *response = ToProto(job);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* JobsService::ListJobs(grpc::CallbackServerContext* context,
                                                const v1::ListJobsRequest* request,
                                                v1::ListJobsResponse* response) {
  return RunUnary(env_, context, "Jobs/ListJobs", env_->disk, [=]() -> absl::Status {
    STANFLOW_ASSIGN_OR_RETURN(const size_t size, PageSize(request->page_size()));
    std::vector<JobState> states;
    for (const int state : request->states()) {
      STANFLOW_ASSIGN_OR_RETURN(states.emplace_back(), FromProto("states", static_cast<v1::JobState>(state)));
    }
    std::string next;
    STANFLOW_ASSIGN_OR_RETURN(const std::vector<Job> jobs,
                              env_->jobs->List(size, request->page_token(), states, &next));
    for (const Job& job : jobs) *response->add_jobs() = ToProto(job);
    response->set_next_page_token(next);
    return absl::OkStatus();
  });
}

grpc::ServerWriteReactor<v1::JobEvent>* JobsService::WatchJob(grpc::CallbackServerContext* context,
                                                              const v1::WatchJobRequest* request) {
  return WatchReactor::Start(env_, context, request);
}

grpc::ServerUnaryReactor* JobsService::CancelJob(grpc::CallbackServerContext* context,
                                                 const v1::CancelJobRequest* request, v1::Job* response) {
  return RunUnary(env_, context, "Jobs/CancelJob", env_->disk, [=]() -> absl::Status {
    STANFLOW_ASSIGN_OR_RETURN(const std::string id, ParseJobName("name", request->name()));
    STANFLOW_ASSIGN_OR_RETURN(const Job job, env_->jobs->Cancel(id));
    *response = ToProto(job);
    return absl::OkStatus();
  });
}

grpc::ServerWriteReactor<v1::ArtifactChunk>* JobsService::GetArtifact(grpc::CallbackServerContext*,
                                                                      const v1::GetArtifactRequest* request) {
  const auto find = [env = env_, request]() -> absl::StatusOr<std::string> {
    STANFLOW_ASSIGN_OR_RETURN(const std::string id, ParseJobName("name", request->name()));
    return env->jobs->ArtifactPath(id, request->artifact());
  };
  return SendFileReactor<v1::ArtifactChunk>::Start(env_, "Jobs/GetArtifact", /*remove=*/false, find);
}

}  // namespace stanflow
