#include "server/registry/model_state.h"

#include "absl/strings/str_cat.h"

namespace stanflow {
namespace {

struct Transition {
  ModelState from;
  ModelAction action;
  ModelState to;
};

constexpr Transition kTransitions[] = {
    {ModelState::kUnloaded, ModelAction::kLoad, ModelState::kLoading},
    {ModelState::kFailed, ModelAction::kLoad, ModelState::kLoading},
    {ModelState::kLoading, ModelAction::kLoaded, ModelState::kWarming},
    {ModelState::kWarming, ModelAction::kWarmed, ModelState::kReady},
    {ModelState::kLoading, ModelAction::kFail, ModelState::kFailed},
    {ModelState::kWarming, ModelAction::kFail, ModelState::kFailed},
    {ModelState::kReady, ModelAction::kUnload, ModelState::kUnloaded},
    {ModelState::kFailed, ModelAction::kUnload, ModelState::kUnloaded},
    {ModelState::kUnloaded, ModelAction::kUnload, ModelState::kUnloaded},
};

}  // namespace

const char* ModelStateName(ModelState state) {
  switch (state) {
    case ModelState::kUnloaded:
      return "UNLOADED";
    case ModelState::kLoading:
      return "LOADING";
    case ModelState::kWarming:
      return "WARMING";
    case ModelState::kReady:
      return "READY";
    case ModelState::kFailed:
      return "FAILED";
  }
  return "UNKNOWN";
}

absl::StatusOr<ModelState> NextModelState(ModelState state, ModelAction action) {
  for (const Transition& t : kTransitions) {
    if (t.from == state && t.action == action) return t.to;
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "a version that is ", ModelStateName(state), " can't take this step (", static_cast<int>(action), ")"));
}

}  // namespace stanflow
