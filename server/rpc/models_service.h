#ifndef STANFLOW_SERVER_RPC_MODELS_SERVICE_H_
#define STANFLOW_SERVER_RPC_MODELS_SERVICE_H_

#include "server/rpc/rpc_environment.h"
#include "stanflow/v1/models.grpc.pb.h"

namespace stanflow {

// stanflow.v1.Models. `env` outlives it.
class ModelsService final : public v1::Models::CallbackService {
 public:
  explicit ModelsService(const RpcEnvironment* env) : env_(env) {}

  grpc::ServerUnaryReactor* GetModel(grpc::CallbackServerContext* context, const v1::GetModelRequest* request,
                                     v1::ModelVersion* response) override;
  grpc::ServerUnaryReactor* ListModels(grpc::CallbackServerContext* context,
                                       const v1::ListModelsRequest* request,
                                       v1::ListModelsResponse* response) override;
  grpc::ServerUnaryReactor* SetAlias(grpc::CallbackServerContext* context, const v1::SetAliasRequest* request,
                                     v1::ModelAlias* response) override;
  grpc::ServerUnaryReactor* DeleteVersion(grpc::CallbackServerContext* context,
                                          const v1::DeleteVersionRequest* request,
                                          v1::DeleteVersionResponse* response) override;
  grpc::ServerUnaryReactor* LoadModel(grpc::CallbackServerContext* context,
                                      const v1::LoadModelRequest* request,
                                      v1::ModelVersion* response) override;
  grpc::ServerUnaryReactor* UnloadModel(grpc::CallbackServerContext* context,
                                        const v1::UnloadModelRequest* request,
                                        v1::ModelVersion* response) override;
  grpc::ServerWriteReactor<v1::BundleChunk>* ExportModel(grpc::CallbackServerContext* context,
                                                         const v1::ExportModelRequest* request) override;
  grpc::ServerReadReactor<v1::ImportModelRequest>* ImportModel(grpc::CallbackServerContext* context,
                                                               v1::ModelVersion* response) override;

 private:
  const RpcEnvironment* const env_;
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_RPC_MODELS_SERVICE_H_
