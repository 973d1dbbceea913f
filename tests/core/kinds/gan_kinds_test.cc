#include "gmock/gmock.h"
#include "tests/core/kinds/kind_testing.h"
#include "tests/support/test_devices.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

const std::map<std::string, std::string> kQuick = {{"epochs", "1"}, {"batch_rows", "100"}, {"width", "16"}};

class GanKinds : public KindTest, public ::testing::WithParamInterface<std::string> {
 protected:
  void TrainAndDraw(const ModelKind& kind, std::map<std::string, std::string> options) {
    const auto dataset = Data();
    TrainingTask task = Task(*dataset, std::move(options));
    task.device = GetParam();
    const auto figures = kind.train(task);
    ASSERT_TRUE(figures.ok()) << figures.status();
    EXPECT_EQ(figures->at("training_rows"), dataset->manifest().train_rows);
    EXPECT_GT(figures->at("parameters").get<uint64_t>(), 0u);
    EXPECT_EQ(figures->count("validation_nats"), 0u) << "a GAN knows no likelihood";
    EXPECT_TRUE(Manifest()["validation_nats"].is_null());
    ASSERT_EQ(Manifest()["curve"].size(), 1u);
    EXPECT_TRUE(Manifest()["curve"][0].contains("critic_distance"));
    EXPECT_EQ(kind.load_scorer, nullptr);
    const auto loaded = LoadGenerator(bundle(), GetParam());
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    EXPECT_EQ((*loaded)->info().preset, kind.name);
    const auto rows = Draw(**loaded, {5, 0, 0, 0}, 20);
    EXPECT_EQ(rows, Draw(*LoadGenerator(bundle(), GetParam()).value(), {5, 0, 0, 0}, 20));
  }
};

TEST_P(GanKinds, CtganTrainsAndDraws) { TrainAndDraw(kCtganKind, kQuick); }

TEST_P(GanKinds, WpGanTrainsAndDrawsInTheEncodingThatWasAsked) {
  auto options = kQuick;
  options["encoding"] = "b";
  TrainAndDraw(kWpGanKind, options);
  EXPECT_EQ(Manifest()["options"]["encoding"], "b");
  EXPECT_EQ(Manifest()["encoding"]["encoding"], "b");
}

TEST(GanOptions, AWrongEncodingIsRefusedWithThoseThatThereAre) {
  const absl::Status status = kWpGanKind.complete_options({{"encoding", "x"}}).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("n, b, e"));
}

TEST(GanOptions, CtganRefusesABatchThatIsNoMultipleOfPacBeforeItTrains) {
  const std::map<std::string, std::string> options = {{"batch_rows", "100"}, {"pac", "3"}};
  const absl::Status status = kCtganKind.complete_options(options).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("batch_rows: 100 is no multiple of pac, 3"));
  EXPECT_TRUE(kCtganKind.complete_options({{"batch_rows", "99"}, {"pac", "3"}}).ok());
}

TEST_P(GanKinds, ReportHowFarTheyAre) {
  const auto dataset = Data();
  TrainingTask task = Task(*dataset, kQuick);
  task.device = GetParam();
  TrainerProgress last;
  task.progress = [&](const TrainerProgress& p) { last = p; };
  ASSERT_TRUE(kWpGanKind.train(task).ok());
  EXPECT_EQ(last.fraction, 1);
  EXPECT_EQ(last.epoch, 1u);
  EXPECT_GT(last.rows_per_second, 0);
}

INSTANTIATE_TEST_SUITE_P(Devices, GanKinds, ::testing::ValuesIn(TestDevices()),
                         [](const auto& info) { return DeviceInName(info.param); });

}  // namespace
}  // namespace stanflow
