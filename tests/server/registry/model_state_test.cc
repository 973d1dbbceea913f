#include "server/registry/model_state.h"

#include "gtest/gtest.h"

namespace stanflow {
namespace {

TEST(ModelState, GoesFromTheDiskToReadyAndBack) {
  ModelState state = ModelState::kUnloaded;
  for (const ModelAction action :
       {ModelAction::kLoad, ModelAction::kLoaded, ModelAction::kWarmed, ModelAction::kUnload}) {
    const auto next = NextModelState(state, action);
    ASSERT_TRUE(next.ok()) << next.status();
    state = *next;
  }
  EXPECT_EQ(state, ModelState::kUnloaded);
}

TEST(ModelState, MayBeLoadedAgainAfterAFailure) {
  EXPECT_EQ(*NextModelState(ModelState::kWarming, ModelAction::kFail), ModelState::kFailed);
  EXPECT_EQ(*NextModelState(ModelState::kFailed, ModelAction::kLoad), ModelState::kLoading);
}

TEST(ModelState, RefusesWhatTheTableDoesNotHave) {
  EXPECT_FALSE(NextModelState(ModelState::kReady, ModelAction::kLoad).ok());
  EXPECT_FALSE(NextModelState(ModelState::kLoading, ModelAction::kUnload).ok());
  EXPECT_FALSE(NextModelState(ModelState::kUnloaded, ModelAction::kWarmed).ok());
}

}  // namespace
}  // namespace stanflow
