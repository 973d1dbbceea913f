#include "server/registry/model_registry.h"

#include "gtest/gtest.h"
#include "tests/server/registry/registry_testing.h"
#include "tests/support/fake_generator.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

class ModelRegistryTest : public ::testing::Test {
 protected:
  ModelRegistryTest() {
    ModelRegistryOptions options;
    options.data_dir = dir_.path();
    const auto load = [](const std::string&, const std::string&) {
      return absl::StatusOr<std::unique_ptr<Generator>>(std::make_unique<FakeGenerator>());
    };
    const auto validate = [](const std::string&) { return absl::OkStatus(); };
    models_ = std::make_unique<ModelRegistry>(options, load, validate, &clock_);
    EXPECT_TRUE(models_->Publish(MakeBundle(dir_.File("bundle")), "edge", "train-1").ok());
  }
  absl::StatusOr<ModelHandle> Acquire() {
    return models_->Acquire(id_, std::chrono::steady_clock::now() + std::chrono::hours(1));
  }

  TempDir dir_;
  ManualClock clock_;
  const VersionId id_{"edge", 1};
  std::unique_ptr<ModelRegistry> models_;
};

TEST_F(ModelRegistryTest, LeavesAVersionLoadedThatAnAliasKeepsFromBeingDeleted) {
  ASSERT_TRUE(models_->SetAlias("edge", "prod", 1).ok());
  ASSERT_TRUE(Acquire().ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(models_->Delete(id_)));
  EXPECT_EQ(models_->Get(id_)->state, ModelState::kReady);
  EXPECT_TRUE(Acquire().ok());
}

TEST_F(ModelRegistryTest, DeletesAVersionOnceNothingUsesIt) {
  {
    const auto held = Acquire();
    ASSERT_TRUE(held.ok()) << held.status();
    EXPECT_TRUE(absl::IsFailedPrecondition(models_->Delete(id_)));
    EXPECT_TRUE(Acquire().ok());
  }
  EXPECT_TRUE(models_->Delete(id_).ok());
  EXPECT_TRUE(absl::IsNotFound(Acquire().status()));
  EXPECT_EQ(models_->AcquireIfReady(id_).generator, nullptr);
  EXPECT_TRUE(absl::IsNotFound(models_->Delete(id_)));
}

}  // namespace
}  // namespace stanflow
