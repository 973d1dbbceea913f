#ifndef STANFLOW_SERVER_REGISTRY_MODEL_STATE_H_
#define STANFLOW_SERVER_REGISTRY_MODEL_STATE_H_

#include "absl/status/statusor.h"

namespace stanflow {

// A version's life in memory.
//
//   UNLOADED -> LOADING -> WARMING -> READY -> UNLOADED
//                  |          |
//                  '----------'--> FAILED -> LOADING (a new load) or UNLOADED
enum class ModelState { kUnloaded = 1, kLoading = 2, kWarming = 3, kReady = 4, kFailed = 5 };

enum class ModelAction {
  kLoad,    // somebody wants it
  kLoaded,  // the weights are in memory
  kWarmed,  // its first steps, which allocate, are done
  kFail,
  kUnload,
};

// "UNLOADED", ...
const char* ModelStateName(ModelState state);

// The only function that decides a version's next state. FAILED_PRECONDITION if the table has no such line.
absl::StatusOr<ModelState> NextModelState(ModelState state, ModelAction action);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_REGISTRY_MODEL_STATE_H_
