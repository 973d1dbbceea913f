#include <filesystem>

#include "core/bundle/bundle_folder.h"
#include "core/generate/baselines/b1_fit.h"
#include "core/generate/row_model.h"
#include "gmock/gmock.h"
#include "tests/core/kinds/kind_testing.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

class B1Kind : public KindTest {};

TEST_F(B1Kind, AnswersWhatItsManifestSays) {
  const auto dataset = Data();
  const auto figures = kB1Kind.train(Task(*dataset));
  ASSERT_TRUE(figures.ok()) << figures.status();
  const nlohmann::json manifest = Manifest();
  EXPECT_EQ(manifest["preset"], "b1");
  EXPECT_EQ(manifest["created_ms"], 1234);
  EXPECT_EQ(manifest["dataset_digest"], dataset->manifest().digest);
  for (const char* field : {"parameters", "training_rows", "validation_nats"}) {
    EXPECT_EQ((*figures)[field], manifest[field]) << field;
    EXPECT_GT((*figures)[field], 0) << field;
  }
  EXPECT_EQ(
      manifest["training_rows"].get<uint64_t>() + manifest["figures"]["validation_rows"].get<uint64_t>(),
      dataset->manifest().train_rows);
}

TEST_F(B1Kind, LearnsTheStepOfTheDurationsAndNeverReadsTheHoldOut) {
  std::vector<Flow> flows = AnyFlows(3000, 6, 8, true);
  for (Flow& flow : flows) {
    const bool held_out = flow.end_ms / kHourMs % 2 == 1;
    flow.duration_ms = held_out ? flow.duration_ms | 1 : flow.duration_ms / 4 * 4;
    flow.tos = held_out ? 99 : 0;
  }
  const auto fit = FitB1Model(*MakeDataset(dir_.File("data"), flows, "hours=odd"), {});
  ASSERT_TRUE(fit.ok()) << fit.status();
  EXPECT_EQ(fit->model->duration_step_ms(), 4);
  EXPECT_GT(fit->model->Nats(Attribute::kTos, 99), 10);
  EXPECT_LT(fit->model->Nats(Attribute::kTos, 0), 0.01);
}

TEST_F(B1Kind, ALoadedModelIsTheFittedOne) {
  const auto dataset = Data();
  ASSERT_TRUE(kB1Kind.train(Task(*dataset)).ok());
  const auto generator = kB1Kind.load_generator(bundle(), "cpu");
  const auto scorer = kB1Kind.load_scorer(bundle(), "cpu");
  ASSERT_TRUE(generator.ok() && scorer.ok()) << generator.status() << scorer.status();
  const auto fitted = FitB1Model(*dataset, {}).value().model;
  const std::vector<HostRow> rows = Draw(**generator, {5, 0, 0, 0}, 100);
  EXPECT_EQ(rows, Draw(*MakeRowGenerator(fitted, {}), {5, 0, 0, 0}, 100));
  std::vector<RowNats> nats(rows.size());
  ASSERT_TRUE((*scorer)->Score(rows, absl::MakeSpan(nats)).ok());
  for (size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(nats[i].exact, fitted->Score(rows[i], nullptr).exact);
  EXPECT_EQ((*generator)->info().preset, "b1");
  EXPECT_EQ((*generator)->info().training_hosts, 6);
  EXPECT_EQ((*generator)->info().default_start_ms, kMidnight);
}

TEST_F(B1Kind, AFewRowsForTheMixturesAreEnough) {
  const auto dataset = Data("none");
  B1FitOptions few;
  few.mixture_rows = 500;
  const auto small = FitB1Model(*dataset, few), full = FitB1Model(*dataset, {});
  ASSERT_TRUE(small.ok() && full.ok());
  EXPECT_NEAR(small->validation_nats, full->validation_nats, 0.5);
}

TEST_F(B1Kind, DamageIsRefusedWithTheFilesName) {
  const auto dataset = Data();
  ASSERT_TRUE(kB1Kind.train(Task(*dataset)).ok());
  TensorFile lacking = ReadTensorFile(bundle() + "/model.safetensors").value();
  lacking.tensors.erase("tos.counts");
  nlohmann::json manifest = Manifest();
  std::filesystem::remove_all(bundle());
  ASSERT_TRUE(WriteBundleFolder(bundle(), manifest, lacking).ok());
  const absl::Status status = kB1Kind.load_generator(bundle(), "cpu").status();
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("bundle/model.safetensors: tensor tos.counts"));
}

TEST_F(B1Kind, ADatasetWithoutTrainingRowsIsRefusedAndNothingIsLeft) {
  const auto dataset = MakeDataset(dir_.File("data"), {AnyFlows(50, 2, 1, true)}, "hours=even");
  EXPECT_TRUE(absl::IsFailedPrecondition(kB1Kind.train(Task(*dataset)).status()));
  EXPECT_FALSE(std::filesystem::exists(bundle()));
}

TEST_F(B1Kind, StopsWhenAsked) {
  const auto dataset = Data("none");
  TrainingTask task = Task(*dataset);
  task.stop_requested = [] { return true; };
  EXPECT_TRUE(absl::IsCancelled(kB1Kind.train(task).status()));
}

TEST_F(B1Kind, HasNoOptions) {
  EXPECT_EQ(kB1Kind.complete_options({}).value(), nlohmann::json::object());
  EXPECT_TRUE(absl::IsInvalidArgument(kB1Kind.complete_options({{"width", "3"}}).status()));
}

}  // namespace
}  // namespace stanflow
