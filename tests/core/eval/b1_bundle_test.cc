#include "core/generate/baselines/b1_bundle.h"

#include <filesystem>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/core/dataset/dataset_testing.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

class B1Bundle : public ::testing::Test {
 protected:
  std::unique_ptr<Dataset> Data(std::string_view holdout) {
    std::vector<Flow> flows = AnyFlows(3000, 6, 8, true);
    for (Flow& flow : flows) flow.duration_ms = flow.duration_ms / 4 * 4;
    return MakeDataset(dir_.File("data"), flows, holdout);
  }
  nlohmann::json Manifest() const { return nlohmann::json::parse(dir_.Read("b1/manifest.json")); }
  std::string bundle() const { return dir_.File("b1"); }

  TempDir dir_;
};

TEST_F(B1Bundle, HasTheFieldsOfEveryBundle) {
  const auto dataset = Data("hours=odd");
  ASSERT_TRUE(FitB1(*dataset, {}, 1234, bundle()).ok());
  const nlohmann::json manifest = Manifest();
  EXPECT_EQ(manifest["preset"], "b1");
  EXPECT_EQ(manifest["created_ms"], 1234);
  EXPECT_EQ(manifest["dataset"], "test");
  EXPECT_EQ(manifest["dataset_digest"], dataset->manifest().digest);
  EXPECT_EQ(manifest["hosts"], 6);
  EXPECT_EQ(manifest["seed"], 1);
  EXPECT_EQ(manifest["default_start_ms"], kMidnight);
  EXPECT_GT(manifest["parameters"], 100);
  EXPECT_GT(manifest["validation_nats"], 0);
  EXPECT_EQ(manifest["schema"].size(), kNumAttributes);
  EXPECT_EQ(
      manifest["training_rows"].get<uint64_t>() + manifest["figures"]["validation_rows"].get<uint64_t>(),
      dataset->manifest().train_rows);
}

TEST_F(B1Bundle, LearnsTheStepOfTheDurationsAndNeverReadsTheHoldOut) {
  std::vector<Flow> flows = AnyFlows(3000, 6, 8, true);
  for (Flow& flow : flows) {
    const bool held_out = flow.end_ms / kHourMs % 2 == 1;
    flow.duration_ms = held_out ? flow.duration_ms | 1 : flow.duration_ms / 4 * 4;
    flow.tos = held_out ? 99 : 0;
  }
  const auto fit = FitB1Model(*MakeDataset(dir_.File("data"), flows, "hours=odd"), {});
  ASSERT_TRUE(fit.ok()) << fit.status();
  EXPECT_EQ(fit->model.duration_step_ms(), 4);
  EXPECT_GT(fit->model.Nats(Attribute::kTos, 99), 10);
  EXPECT_LT(fit->model.Nats(Attribute::kTos, 0), 0.01);
}

TEST_F(B1Bundle, ALoadedOneIsTheFittedOne) {
  const auto dataset = Data("hours=odd");
  ASSERT_TRUE(FitB1(*dataset, {}, 0, bundle()).ok());
  auto loaded = LoadB1(bundle());
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  const LoadedB1 fitted = MakeB1(FitB1Model(*dataset, {}).value(), *dataset);
  const auto a = loaded->generator->NewContext({5, 0, 0, 0}), b = fitted.generator->NewContext({5, 0, 0, 0});
  std::vector<HostRow> rows(2);
  for (int i = 0; i < 100; ++i) {
    Context *one = a.get(), *other = b.get();
    ASSERT_TRUE(loaded->generator->Step({&one, 1}, {&rows[0], 1}).ok());
    ASSERT_TRUE(fitted.generator->Step({&other, 1}, {&rows[1], 1}).ok());
    ASSERT_EQ(rows[0], rows[1]);
  }
  std::vector<RowNats> nats(2);
  ASSERT_TRUE(loaded->scorer->Score(rows, absl::MakeSpan(nats)).ok());
  EXPECT_EQ(nats[0].exact, nats[1].exact);
  EXPECT_EQ(loaded->generator->info().training_hosts, 6);
  EXPECT_EQ(loaded->generator->info().default_start_ms, kMidnight);
}

TEST_F(B1Bundle, AFewRowsForTheMixturesAreEnough) {
  const auto dataset = Data("none");
  B1FitOptions few;
  few.mixture_rows = 500;
  const auto small = FitB1Model(*dataset, few), full = FitB1Model(*dataset, {});
  ASSERT_TRUE(small.ok() && full.ok());
  EXPECT_NEAR(small->validation_nats, full->validation_nats, 0.5);
}

TEST_F(B1Bundle, DamageIsRefusedWithTheFilesName) {
  ASSERT_TRUE(FitB1(*Data("none"), {}, 0, bundle()).ok());
  const std::string model = dir_.Read("b1/model.json"), manifest = dir_.Read("b1/manifest.json");
  dir_.Write("b1/model.json", model.substr(0, model.size() / 2));
  EXPECT_TRUE(absl::IsDataLoss(LoadB1(bundle()).status()));
  EXPECT_THAT(std::string(LoadB1(bundle()).status().message()), HasSubstr("b1/model.json"));
  std::filesystem::remove(bundle() + "/model.json");
  EXPECT_TRUE(absl::IsNotFound(LoadB1(bundle()).status()));
  dir_.Write("b1/manifest.json", "{");
  EXPECT_TRUE(absl::IsDataLoss(LoadB1(bundle()).status()));
  nlohmann::json foreign = nlohmann::json::parse(manifest);
  foreign["preset"] = "causal";
  dir_.Write("b1/manifest.json", foreign.dump());
  EXPECT_TRUE(absl::IsFailedPrecondition(LoadB1(bundle()).status()));
}

TEST_F(B1Bundle, ADatasetWithoutTrainingRowsIsRefusedAndNothingIsLeft) {
  const auto dataset = MakeDataset(dir_.File("data"), {AnyFlows(50, 2, 1, true)}, "hours=even");
  EXPECT_TRUE(absl::IsFailedPrecondition(FitB1(*dataset, {}, 0, bundle())));
  EXPECT_FALSE(std::filesystem::exists(bundle()));
}

TEST_F(B1Bundle, StopsWhenAsked) {
  B1FitOptions options;
  options.stop_requested = [] { return true; };
  EXPECT_TRUE(absl::IsCancelled(FitB1(*Data("none"), options, 0, bundle())));
}

}  // namespace
}  // namespace stanflow
