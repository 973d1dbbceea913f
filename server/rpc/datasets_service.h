#ifndef STANFLOW_SERVER_RPC_DATASETS_SERVICE_H_
#define STANFLOW_SERVER_RPC_DATASETS_SERVICE_H_

#include "core/base/mutex.h"
#include "server/rpc/rpc_environment.h"
#include "stanflow/v1/datasets.grpc.pb.h"

namespace stanflow {

// stanflow.v1.Datasets. `env` outlives it.
class DatasetsService final : public v1::Datasets::CallbackService {
 public:
  explicit DatasetsService(const RpcEnvironment* env) : env_(env) {}

  grpc::ServerReadReactor<v1::UploadRequest>* Upload(grpc::CallbackServerContext* context,
                                                     v1::Job* response) override;
  grpc::ServerUnaryReactor* Collect(grpc::CallbackServerContext* context, const v1::CollectRequest* request,
                                    v1::Job* response) override;
  grpc::ServerUnaryReactor* GetDataset(grpc::CallbackServerContext* context,
                                       const v1::GetDatasetRequest* request, v1::Dataset* response) override;
  grpc::ServerUnaryReactor* ListDatasets(grpc::CallbackServerContext* context,
                                         const v1::ListDatasetsRequest* request,
                                         v1::ListDatasetsResponse* response) override;
  grpc::ServerUnaryReactor* DeleteDataset(grpc::CallbackServerContext* context,
                                          const v1::DeleteDatasetRequest* request,
                                          v1::DeleteDatasetResponse* response) override;

 private:
  const RpcEnvironment* const env_;
  Mutex naming_;  // Held from the look at other makers of datasets until the new one is stored.
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_RPC_DATASETS_SERVICE_H_
