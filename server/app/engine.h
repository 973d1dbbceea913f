#ifndef STANFLOW_SERVER_APP_ENGINE_H_
#define STANFLOW_SERVER_APP_ENGINE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/registry/model_registry.h"
#include "server/rpc/rpc_environment.h"

namespace stanflow {

// What this build can compute with: the kinds of model of its table (core/kinds/model_kind.h), which without
// LibTorch are those that need none.
struct Engine {
  GeneratorLoader load;
  BundleValidator validate_bundle;
  ValidateTrainOptions validate_train_options;
  CompleteTrainOptions complete_train_options;
  // As the worker's table of jobs (server/worker/all_job_kinds.cc).
  bool can_reproduce = false;
  // Version of LibTorch, "none" without it. Flows depend on it.
  std::string libtorch;
};

// Once, before any thread computes.
Engine MakeEngine();

// `devices` of the configuration as the devices that models are placed on: "auto" is every CUDA device, else
// the CPU. INVALID_ARGUMENT names one that is not there, with those that are.
absl::StatusOr<std::vector<std::string>> ResolveDevices(const std::vector<std::string>& devices);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_APP_ENGINE_H_
