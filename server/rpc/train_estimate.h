#ifndef STANFLOW_SERVER_RPC_TRAIN_ESTIMATE_H_
#define STANFLOW_SERVER_RPC_TRAIN_ESTIMATE_H_

#include <string>

#include "absl/status/statusor.h"
#include "server/rpc/rpc_environment.h"
#include "stanflow/v1/synthesis.pb.h"

namespace stanflow {

// What a valid training would take, as JSON. What can't be told honestly is null:
//
//   rows          rows that training reads, those that it validates on among them
//   epochs        passes over them at most; early stopping or max_minutes may end before
//   memory_bytes  the dataset's columns, which are mapped into memory: all that grows with the dataset
//   seconds       trained seconds at most: of all epochs, at the speed of the newest model here that was
//                 trained with the same options, or max_minutes where that is less or there is none
//   based_on      what `seconds` comes from: "models/M/versions/N" (of another machine, if it was imported)
//                 or "max_minutes"
absl::StatusOr<std::string> EstimateTraining(const v1::TrainRequest& request, const RpcEnvironment& env);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_RPC_TRAIN_ESTIMATE_H_
