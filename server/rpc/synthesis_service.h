#ifndef STANFLOW_SERVER_RPC_SYNTHESIS_SERVICE_H_
#define STANFLOW_SERVER_RPC_SYNTHESIS_SERVICE_H_

#include "server/rpc/rpc_environment.h"
#include "stanflow/v1/synthesis.grpc.pb.h"

namespace stanflow {

// stanflow.v1.Synthesis. `env` outlives it.
class SynthesisService final : public v1::Synthesis::CallbackService {
 public:
  explicit SynthesisService(const RpcEnvironment* env) : env_(env) {}

  grpc::ServerUnaryReactor* Train(grpc::CallbackServerContext* context, const v1::TrainRequest* request,
                                  v1::Job* response) override;
  grpc::ServerWriteReactor<v1::GenerateResponse>* Generate(grpc::CallbackServerContext* context,
                                                           const v1::GenerateRequest* request) override;
  grpc::ServerUnaryReactor* Evaluate(grpc::CallbackServerContext* context, const v1::EvaluateRequest* request,
                                     v1::Job* response) override;
  grpc::ServerUnaryReactor* Stream(grpc::CallbackServerContext* context, const v1::StreamRequest* request,
                                   v1::Job* response) override;
  grpc::ServerUnaryReactor* Reproduce(grpc::CallbackServerContext* context,
                                      const v1::ReproduceRequest* request, v1::Job* response) override;

 private:
  const RpcEnvironment* const env_;
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_RPC_SYNTHESIS_SERVICE_H_
