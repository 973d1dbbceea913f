#include "server/rpc/synthesis_service.h"

#include "core/base/status_macros.h"
#include "server/rpc/generate_reactor.h"
#include "server/rpc/job_specs.h"
#include "server/rpc/submit.h"
#include "server/rpc/train_estimate.h"
#include "server/rpc/unary.h"

namespace stanflow {

grpc::ServerUnaryReactor* SynthesisService::Train(grpc::CallbackServerContext* context,
                                                  const v1::TrainRequest* request, v1::Job* response) {
  return RunUnary(env_, context, "Synthesis/Train", env_->disk, [=]() -> absl::Status {
    if (request->validate_only()) {
      STANFLOW_ASSIGN_OR_RETURN(const JobRequest job, TrainJob(*request, *env_));
      DescribeUnstored(job, response);
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
  return RunUnary(env_, context, "Synthesis/Evaluate", env_->disk,
                  [=]() -> absl::Status { return SubmitOrValidate(*request, *env_, EvaluateJob, response); });
}

grpc::ServerUnaryReactor* SynthesisService::Stream(grpc::CallbackServerContext* context,
                                                   const v1::StreamRequest* request, v1::Job* response) {
  return RunUnary(env_, context, "Synthesis/Stream", env_->disk,
                  [=]() -> absl::Status { return SubmitOrValidate(*request, *env_, StreamJob, response); });
}

grpc::ServerUnaryReactor* SynthesisService::Reproduce(grpc::CallbackServerContext* context,
                                                      const v1::ReproduceRequest* request,
                                                      v1::Job* response) {
  return RunUnary(env_, context, "Synthesis/Reproduce", env_->disk, [=]() -> absl::Status {
    return SubmitOrValidate(*request, *env_, ReproduceJob, response);
  });
}

}  // namespace stanflow
