#include "core/train/trainer.h"

#include <atomic>
#include <set>
#include <string>
#include <tuple>

#include "core/simulate/office_simulator.h"
#include "core/train/training_data.h"
#include "gtest/gtest.h"
#include "tests/support/sample_dataset.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_devices.h"

namespace stanflow {
namespace {

TrainerOptions Options(const TempDir& dir, const std::string& name, Preset preset) {
  TrainerOptions options;
  options.model = ParseTrainOptions(preset, {{"epochs", "2"}, {"batch_rows", "64"}}).value();
  if (preset == Preset::kCausal) options.model.width = options.model.state = options.model.hidden = 8;
  options.seed = 3;
  options.checkpoint_dir = dir.File(name + ".checkpoint");
  options.bundle_dir = dir.File(name);
  return options;
}

absl::StatusOr<TrainerResult> Train(const Dataset& dataset, const TrainerOptions& options) {
  return TrainModel(
      dataset, options, [](const TrainerProgress&) {}, [] { return false; });
}

class Presets : public ::testing::TestWithParam<std::tuple<Preset, std::string>> {
 protected:
  static bool paper() { return std::get<0>(GetParam()) == Preset::kPaper; }
  static int hosts() { return paper() ? 1 : 3; }
  static int rows() { return paper() ? 150 : 700; }
  static TrainerOptions OptionsOf(const TempDir& dir, const std::string& name) {
    TrainerOptions options = Options(dir, name, std::get<0>(GetParam()));
    options.device = std::get<1>(GetParam());
    return options;
  }
};

TEST_P(Presets, GiveTheSameWeightsWhenARunIsStoppedAtAnyPointAndContinued) {
  const TempDir dir;
  const auto dataset = SampleDataset(dir.File("data"), hosts(), rows());
  ASSERT_TRUE(Train(*dataset, OptionsOf(dir, "unbroken")).ok());
  const TrainerOptions options = OptionsOf(dir, "broken");
  int stops = 0;
  absl::StatusOr<TrainerResult> result = absl::CancelledError("");
  for (int patience = 5; absl::IsCancelled(result.status()); patience += 7 + patience / 4) {
    std::atomic<int> steps{0};
    result = TrainModel(
        *dataset, options, [](const TrainerProgress&) {}, [&] { return ++steps > patience; });
    stops += absl::IsCancelled(result.status());
    ASSERT_LT(stops, 100);
  }
  ASSERT_TRUE(result.ok()) << result.status().ToString();
  EXPECT_GT(stops, 2);
  EXPECT_EQ(dir.Read("broken/model.safetensors"), dir.Read("unbroken/model.safetensors"));
}

TEST_P(Presets, GiveTheSameWeightsOnAnyNumberOfThreads) {
  const TempDir dir;
  const auto dataset = SampleDataset(dir.File("data"), hosts(), rows());
  TrainerOptions one = OptionsOf(dir, "one"), four = OptionsOf(dir, "four");
  one.model.epochs = four.model.epochs = 1;
  four.threads = 4;
  ASSERT_TRUE(Train(*dataset, one).ok());
  ASSERT_TRUE(Train(*dataset, four).ok());
  EXPECT_EQ(dir.Read("one/model.safetensors"), dir.Read("four/model.safetensors"));
}

INSTANTIATE_TEST_SUITE_P(AllAndDevices, Presets,
                         ::testing::Combine(::testing::Values(Preset::kCausal, Preset::kPaper),
                                            ::testing::ValuesIn(TestDevices())),
                         [](const auto& info) {
                           return PresetName(std::get<0>(info.param)) + DeviceInName(std::get<1>(info.param));
                         });

// The manifest without the seconds that a run took.
nlohmann::json CurveOf(const TempDir& dir, const std::string& bundle) {
  return nlohmann::json::parse(dir.Read(bundle + "/manifest.json"))["curve"];
}

TEST(Trainer, ContinuesARunThatStopsEarlyToTheSameWeightsAndTheSameValidations) {
  const TempDir dir;
  const auto dataset = SampleDataset(dir.File("data"), 3, 300);
  const auto options = [&](const std::string& name) {
    TrainerOptions o = Options(dir, name, Preset::kCausal);
    o.model.epochs = 40;
    o.model.patience = 1;
    return o;
  };
  ASSERT_TRUE(Train(*dataset, options("unbroken")).ok());
  absl::StatusOr<TrainerResult> result = absl::CancelledError("");
  for (int patience = 9; absl::IsCancelled(result.status()); patience += 40 + patience / 2) {
    std::atomic<int> steps{0};
    result = TrainModel(
        *dataset, options("broken"), [](const TrainerProgress&) {}, [&] { return ++steps > patience; });
  }
  ASSERT_TRUE(result.ok()) << result.status().ToString();
  const nlohmann::json curve = CurveOf(dir, "broken");
  EXPECT_EQ(curve, CurveOf(dir, "unbroken"));
  EXPECT_EQ(dir.Read("broken/model.safetensors"), dir.Read("unbroken/model.safetensors"));
  EXPECT_LT(curve.size(), 11u * 40u) << "no net stopped early: the test shows nothing";
}

TEST(Trainer, TrainsEveryNetForAWhileHoweverSmallTheBudget) {
  const TempDir dir;
  const auto dataset = SampleDataset(dir.File("data"), 3, 300);
  TrainerOptions options = Options(dir, "model", Preset::kCausal);
  options.max_seconds = 1e-9;
  const auto result = Train(*dataset, options);
  ASSERT_TRUE(result.ok()) << result.status().ToString();
  EXPECT_LT(result->validation_nats, 200);
  EXPECT_EQ(CurveOf(dir, "model").size(), 11u);
}

TEST(Trainer, LearnsMoreThanTheMarginalsThatANetStartsFrom) {
  const TempDir dir;
  OfficeOptions office;
  office.rows = 40000;
  DatasetWriterOptions data;
  data.home = {office.home};
  ASSERT_TRUE(WriteDataset(NewOfficeSimulator(office).value().get(), data, dir.File("data")).ok());
  const auto dataset = Dataset::Open(dir.File("data")).value();
  TrainerOptions still = Options(dir, "still", Preset::kCausal),
                 moving = Options(dir, "moving", Preset::kCausal);
  still.model.epochs = 1;
  moving.model.epochs = 4;
  moving.threads = still.threads = 2;
  still.model.learning_rate = still.model.embedding_rate = 1e-6;
  EXPECT_LT(Train(*dataset, moving)->validation_nats, Train(*dataset, still)->validation_nats - 2);
}

TEST(Trainer, SaysWhyADatasetWithoutTrainingRowsCannotBeTrainedOn) {
  const TempDir dir;
  const auto dataset = SampleDataset(dir.File("data"), 2, 50, "after=2000-01-01T00:00:00Z");
  ASSERT_NE(dataset, nullptr);
  const auto status = Train(*dataset, Options(dir, "model", Preset::kCausal)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(status.message().find("hold-out"), absl::string_view::npos);
}

TEST(Trainer, RefusesADamagedCheckpoint) {
  const TempDir dir;
  const auto dataset = SampleDataset(dir.File("data"), 2, 100);
  const TrainerOptions options = Options(dir, "model", Preset::kCausal);
  std::filesystem::create_directories(options.checkpoint_dir);
  dir.Write("model.checkpoint/bytes.safetensors", "rubbish");
  const auto status = Train(*dataset, options).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_NE(status.message().find("bytes.safetensors"), absl::string_view::npos);
}

TEST(TrainingData, NeverReadsTheHoldOut) {
  const TempDir dir;
  const auto dataset = SampleDataset(dir.File("data"), 3, 2000, "hours=odd");
  const TrainingData data(dataset.get(), 0.2, 1);
  uint64_t rows = 0;
  for (const auto* pieces : {&data.training(), &data.validation()}) {
    for (const Piece& piece : *pieces) {
      uint64_t context = 0;
      for (const HostRow& row : data.Load(piece, TrainingData::kContextRows, &context)) {
        EXPECT_EQ(row.end_ms / 3'600'000 % 2, 0);
      }
      rows += piece.end - piece.begin;
    }
  }
  EXPECT_EQ(rows, dataset->manifest().train_rows);
  EXPECT_GT(data.validation_rows(), 0u);
}

TEST(TrainingData, KeepsWholeHostHoursForValidation) {
  const TempDir dir;
  const auto dataset = SampleDataset(dir.File("data"), 3, 2000, "hours=odd");
  const TrainingData data(dataset.get(), 0.2, 1);
  const auto hours = [](const std::vector<Piece>& pieces) {
    std::set<uint64_t> begins;
    for (const Piece& piece : pieces) begins.insert(piece.sequence.begin);
    return begins;
  };
  for (const uint64_t hour : hours(data.validation())) EXPECT_EQ(hours(data.training()).count(hour), 0u);
}

TEST(TrainingData, GivesWindowsThatStopAtTheBorderOfTheirSequence) {
  const TempDir dir;
  const auto dataset = SampleDataset(dir.File("data"), 3, 400, "hours=odd");
  const TrainingData data(dataset.get(), 0.1, 1);
  for (uint64_t i = 0; i < data.training_rows(); ++i) {
    const std::vector<HostRow> window = data.Window(i, 5);
    ASSERT_GE(window.size(), 1u);
    ASSERT_LE(window.size(), 6u);
    for (const HostRow& row : window) EXPECT_EQ(row.end_ms / 3'600'000, window.back().end_ms / 3'600'000);
  }
}

}  // namespace
}  // namespace stanflow
