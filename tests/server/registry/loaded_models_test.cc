#include "server/registry/loaded_models.h"

#include <atomic>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_generator.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;
using Time = std::chrono::steady_clock::time_point;

constexpr uint64_t kModelBytes = 100;

// A fake of a stated size on a stated device.
class SizedGenerator final : public Generator {
 public:
  SizedGenerator(const std::string& device, StepGate* gate) : fake_(Options(gate)), info_(fake_.info()) {
    info_.device = device;
    info_.memory_bytes = kModelBytes;
  }
  const GeneratorInfo& info() const override { return info_; }
  std::unique_ptr<Context> NewContext(const ContextKey& key) const override { return fake_.NewContext(key); }
  absl::StatusOr<std::unique_ptr<Context>> RestoreContext(std::string_view state) const override {
    return fake_.RestoreContext(state);
  }
  absl::Status Step(absl::Span<Context* const> contexts, absl::Span<HostRow> rows) const override {
    return fake_.Step(contexts, rows);
  }
  absl::Status Follow(absl::Span<Context* const> contexts, absl::Span<const HostRow> rows) const override {
    return fake_.Follow(contexts, rows);
  }

 private:
  static FakeGeneratorOptions Options(StepGate* gate) {
    FakeGeneratorOptions options;
    options.gate = gate;
    return options;
  }
  FakeGenerator fake_;
  GeneratorInfo info_;
};

class LoadedModelsTest : public ::testing::Test {
 protected:
  void Open(LoadOptions options) {
    models_ = std::make_unique<LoadedModels>(
        options,
        [this](const std::string& dir,
               const std::string& device) -> absl::StatusOr<std::unique_ptr<Generator>> {
          ++loads_;
          if (dir == "damaged") return absl::DataLossError("model.safetensors is short");
          return std::make_unique<SizedGenerator>(device, &gate_);
        });
  }
  absl::StatusOr<std::shared_ptr<const Generator>> Acquire(uint64_t version, Time deadline = Far(),
                                                           const std::string& dir = "good") {
    return models_->Acquire({"edge", version}, dir, kModelBytes, deadline);
  }
  static Time Far() { return std::chrono::steady_clock::now() + std::chrono::hours(1); }
  ModelState State(uint64_t version) { return models_->Get({"edge", version}).state; }

  StepGate gate_;
  std::atomic<int> loads_{0};
  std::unique_ptr<LoadedModels> models_;
};

TEST_F(LoadedModelsTest, LoadsOnceForAllWhoWait) {
  Open({});
  gate_.Close();  // Warming steps wait here, so that every caller comes while the load is on its way.
  std::vector<std::thread> callers;
  std::atomic<int> got{0};
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] { got += Acquire(1).ok(); });
  }
  gate_.WaitForBlocked(1);
  EXPECT_EQ(State(1), ModelState::kWarming);
  gate_.Open();
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(got, 8);
  EXPECT_EQ(loads_, 1);
  EXPECT_EQ(State(1), ModelState::kReady);
}

TEST_F(LoadedModelsTest, IsNotReadyByAnEarlyDeadlineButGoesOnLoading) {
  Open({});
  gate_.Close();
  const auto late = Acquire(1, std::chrono::steady_clock::now());
  EXPECT_TRUE(absl::IsFailedPrecondition(late.status())) << late.status();
  EXPECT_EQ(models_->AcquireIfReady({"edge", 1}), nullptr);
  gate_.Open();
  EXPECT_TRUE(Acquire(1).ok());
  EXPECT_EQ(loads_, 1);
}

TEST_F(LoadedModelsTest, TellsWhyALoadFailedAndTriesAgainWhenAskedAgain) {
  Open({});
  const auto failed = Acquire(1, Far(), "damaged");
  EXPECT_TRUE(absl::IsDataLoss(failed.status()));
  EXPECT_EQ(State(1), ModelState::kFailed);
  EXPECT_THAT(models_->Get({"edge", 1}).message, HasSubstr("short"));
  EXPECT_TRUE(Acquire(1, Far(), "good").ok());
  EXPECT_EQ(loads_, 2);
}

TEST_F(LoadedModelsTest, UnloadsTheIdleOneThatWasUsedLongestAgo) {
  LoadOptions options;
  options.idle_limit_bytes = 2 * kModelBytes;
  Open(options);
  ASSERT_TRUE(Acquire(1).ok());
  ASSERT_TRUE(Acquire(2).ok());
  ASSERT_TRUE(Acquire(1).ok());  // 2 is now the older one.
  ASSERT_TRUE(Acquire(3).ok());
  EXPECT_EQ(State(1), ModelState::kReady);
  EXPECT_EQ(State(2), ModelState::kUnloaded);
  EXPECT_EQ(State(3), ModelState::kReady);
}

TEST_F(LoadedModelsTest, NeverUnloadsWhatIsInUse) {
  LoadOptions options;
  options.idle_limit_bytes = kModelBytes;
  Open(options);
  const auto held = Acquire(1);
  ASSERT_TRUE(held.ok());
  ASSERT_TRUE(Acquire(2).ok());
  EXPECT_EQ(State(1), ModelState::kReady);
  EXPECT_TRUE(absl::IsFailedPrecondition(models_->Unload({"edge", 1})));
}

TEST_F(LoadedModelsTest, UnloadsNothingThatSomebodyStillWaitsFor) {
  constexpr int kVersions = 16;
  LoadOptions options;
  options.idle_limit_bytes = 1;  // Each that gets ready would push out the one before.
  options.load_threads = kVersions;
  Open(options);
  gate_.Close();
  std::vector<std::thread> callers;
  std::atomic<int> got{0};
  for (int i = 1; i <= kVersions; ++i) {
    callers.emplace_back([&, i] { got += Acquire(i).ok(); });
  }
  gate_.WaitForBlocked(kVersions);
  gate_.Open();
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(got, kVersions);
}

TEST_F(LoadedModelsTest, LoadsNothingThatIsBeingDeleted) {
  Open({});
  ASSERT_TRUE(Acquire(1).ok());
  ASSERT_TRUE(models_->Retire({"edge", 1}).ok());
  EXPECT_TRUE(absl::IsNotFound(Acquire(1).status()));
  EXPECT_TRUE(absl::IsNotFound(models_->Retire({"edge", 1}))) << "it is being deleted already";
  EXPECT_EQ(State(1), ModelState::kUnloaded);
  EXPECT_EQ(loads_, 1);
  models_->Reinstate({"edge", 1});
  EXPECT_TRUE(Acquire(1).ok());
}

TEST_F(LoadedModelsTest, RetiresNothingThatIsInUse) {
  Open({});
  const auto held = Acquire(1);
  ASSERT_TRUE(held.ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(models_->Retire({"edge", 1})));
  EXPECT_TRUE(Acquire(1).ok());
}

TEST_F(LoadedModelsTest, UnloadsOnceTheLastUserIsGone) {
  Open({});
  {
    const auto held = Acquire(1);
    ASSERT_TRUE(held.ok());
  }
  EXPECT_TRUE(models_->Unload({"edge", 1}).ok());
  EXPECT_EQ(State(1), ModelState::kUnloaded);
  EXPECT_TRUE(models_->Unload({"edge", 9}).ok()) << "what was never loaded is unloaded";
}

TEST_F(LoadedModelsTest, PutsModelsOnTheDeviceWithTheLeastOfThem) {
  LoadOptions options;
  options.devices = {"cuda:0", "cuda:1"};
  Open(options);
  EXPECT_EQ((*Acquire(1))->info().device, "cuda:0");
  EXPECT_EQ((*Acquire(2))->info().device, "cuda:1");
  EXPECT_EQ((*Acquire(3))->info().device, "cuda:0");
}

TEST(PickDevice, TakesTheFirstOfEquals) {
  EXPECT_EQ(PickDevice({{"a", 5}, {"b", 3}, {"c", 3}}), 1u);
  EXPECT_EQ(PickDevice({{"a", 0}}), 0u);
}

}  // namespace
}  // namespace stanflow
