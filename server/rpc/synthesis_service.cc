#include "server/rpc/synthesis_service.h"

#include "core/base/status_macros.h"
#include "server/rpc/convert.h"
#include "server/rpc/generate_reactor.h"
#include "server/rpc/job_specs.h"
#include "server/rpc/unary.h"

namespace stanflow {
namespace {

// Stores the job, or with `validate_only` answers what it would be.
absl::Status Submit(const RpcEnvironment& env, const JobRequest& job, bool validate_only, v1::Job* response) {
  if (validate_only) {
    response->set_kind(static_cast<v1::JobKind>(job.kind));
    response->set_priority(job.priority);
    response->set_spec_json(job.spec_json);
    return absl::OkStatus();
  }
  STANFLOW_ASSIGN_OR_RETURN(const Job stored, env.jobs->Submit(job));
  *response = ToProto(stored);
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* SynthesisService::Train(grpc::CallbackServerContext* context,
                                                  const v1::TrainRequest* request, v1::Job* response) {
  return RunUnary(env_, context, "Synthesis/Train", env_->disk, [=]() -> absl::Status {
    STANFLOW_ASSIGN_OR_RETURN(const JobRequest job, TrainJob(*request, *env_));
    return Submit(*env_, job, request->validate_only(), response);
  });
}

grpc::ServerWriteReactor<v1::GenerateResponse>* SynthesisService::Generate(
    grpc::CallbackServerContext* context, const v1::GenerateRequest* request) {
  return GenerateReactor::Start(env_, context, request);
}

grpc::ServerUnaryReactor* SynthesisService::Evaluate(grpc::CallbackServerContext* context,
                                                     const v1::EvaluateRequest* request, v1::Job* response) {
  return RunUnary(env_, context, "Synthesis/Evaluate", env_->disk, [=]() -> absl::Status {
    STANFLOW_ASSIGN_OR_RETURN(const JobRequest job, EvaluateJob(*request, *env_));
    return Submit(*env_, job, request->validate_only(), response);
  });
}

}  // namespace stanflow
