#include "server/rpc/synthesis_service.h"

#include "core/base/status_macros.h"
#include "server/rpc/convert.h"
#include "server/rpc/generate_reactor.h"
#include "server/rpc/job_specs.h"
#include "server/rpc/request_id.h"
#include "server/rpc/train_estimate.h"
#include "server/rpc/unary.h"

namespace stanflow {
namespace {

// What would be stored.
void Describe(const JobRequest& job, v1::Job* response) {
  response->set_kind(static_cast<v1::JobKind>(job.kind));
  response->set_priority(job.priority);
  response->set_spec_json(job.spec_json);
}

// The job that the request has made before, else a new one that `make` checks and describes.
template <typename Request>
absl::StatusOr<Job> Submit(const Request& request, const RpcEnvironment& env,
                           absl::StatusOr<JobRequest> (*make)(const Request&, const RpcEnvironment&)) {
  STANFLOW_ASSIGN_OR_RETURN(std::optional<Job> known, FindSubmitted(request, request.request_id(), env));
  if (known.has_value()) return *std::move(known);
  STANFLOW_ASSIGN_OR_RETURN(const JobRequest job, make(request, env));
  return SubmitOnce(job, env);
}

}  // namespace

grpc::ServerUnaryReactor* SynthesisService::Train(grpc::CallbackServerContext* context,
                                                  const v1::TrainRequest* request, v1::Job* response) {
  return RunUnary(env_, context, "Synthesis/Train", env_->disk, [=]() -> absl::Status {
    if (request->validate_only()) {
      STANFLOW_ASSIGN_OR_RETURN(const JobRequest job, TrainJob(*request, *env_));
      Describe(job, response);
      STANFLOW_ASSIGN_OR_RETURN(*response->mutable_result_json(), EstimateTraining(*request, *env_));
      return absl::OkStatus();
    }
    STANFLOW_ASSIGN_OR_RETURN(const Job job, Submit(*request, *env_, TrainJob));
    *response = ToProto(job);
    return absl::OkStatus();
  });
}

grpc::ServerWriteReactor<v1::GenerateResponse>* SynthesisService::Generate(
    grpc::CallbackServerContext* context, const v1::GenerateRequest* request) {
  return GenerateReactor::Start(env_, context, request);
}

grpc::ServerUnaryReactor* SynthesisService::Evaluate(grpc::CallbackServerContext* context,
                                                     const v1::EvaluateRequest* request, v1::Job* response) {
  return RunUnary(env_, context, "Synthesis/Evaluate", env_->disk, [=]() -> absl::Status {
    if (request->validate_only()) {
      STANFLOW_ASSIGN_OR_RETURN(const JobRequest job, EvaluateJob(*request, *env_));
      Describe(job, response);
      return absl::OkStatus();
    }
    STANFLOW_ASSIGN_OR_RETURN(const Job job, Submit(*request, *env_, EvaluateJob));
    *response = ToProto(job);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* SynthesisService::Stream(grpc::CallbackServerContext* context,
                                                   const v1::StreamRequest* request, v1::Job* response) {
  return RunUnary(env_, context, "Synthesis/Stream", env_->disk, [=]() -> absl::Status {
    if (request->validate_only()) {
      STANFLOW_ASSIGN_OR_RETURN(const JobRequest job, StreamJob(*request, *env_));
      Describe(job, response);
      return absl::OkStatus();
    }
    STANFLOW_ASSIGN_OR_RETURN(const Job job, Submit(*request, *env_, StreamJob));
    *response = ToProto(job);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* SynthesisService::Reproduce(grpc::CallbackServerContext* context,
                                                      const v1::ReproduceRequest* request,
                                                      v1::Job* response) {
  return RunUnary(env_, context, "Synthesis/Reproduce", env_->disk, [=]() -> absl::Status {
    if (request->validate_only()) {
      STANFLOW_ASSIGN_OR_RETURN(const JobRequest job, ReproduceJob(*request, *env_));
      Describe(job, response);
      return absl::OkStatus();
    }
    STANFLOW_ASSIGN_OR_RETURN(const Job job, Submit(*request, *env_, ReproduceJob));
    *response = ToProto(job);
    return absl::OkStatus();
  });
}

}  // namespace stanflow
