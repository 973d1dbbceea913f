#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "tests/core/kinds/kind_testing.h"
#include "tests/support/sample_dataset.h"
#include "tests/support/test_devices.h"

namespace stanflow {
namespace {

class StanKinds : public KindTest, public ::testing::WithParamInterface<std::string> {
 protected:
  void TrainDrawAndScore(const ModelKind& kind, const std::map<std::string, std::string>& options) {
    const auto dataset = SampleDataset(dir_.File("data"), 1, 150);
    TrainingTask task = Task(*dataset, options);
    task.device = GetParam();
    const auto figures = kind.train(task);
    ASSERT_TRUE(figures.ok()) << figures.status();
    for (const auto& [name, text] : options)
      EXPECT_EQ(Manifest()["options"][name], nlohmann::json::parse(text)) << name;
    EXPECT_EQ(figures->at("validation_nats"), Manifest()["validation_nats"]);
    const auto generator = LoadGenerator(bundle(), GetParam());
    ASSERT_TRUE(generator.ok()) << generator.status();
    EXPECT_EQ((*generator)->info().preset, kind.name);
    EXPECT_EQ(Draw(**generator, {5, 0, 0, 0}, 10),
              Draw(*LoadGenerator(bundle(), GetParam()).value(), {5, 0, 0, 0}, 10));
    const auto scorer = kind.load_scorer(bundle(), GetParam());
    ASSERT_TRUE(scorer.ok()) << scorer.status();
    const std::vector<HostRow> rows = dataset->HostRows(dataset->Sequences(Split::kTrain).front());
    std::vector<RowNats> nats(rows.size());
    ASSERT_TRUE((*scorer)->Score(rows, absl::MakeSpan(nats)).ok());
    double sum = 0;
    for (const RowNats& row : nats) {
      for (float n : row.exact) sum += n;
    }
    EXPECT_TRUE(std::isfinite(sum));
    EXPECT_GT(sum, static_cast<double>(rows.size()));
  }
};

TEST_P(StanKinds, CausalTrainsDrawsAndScores) {
  TrainDrawAndScore(kCausalKind,
                    {{"epochs", "1"}, {"batch_rows", "64"}, {"width", "8"}, {"state", "8"}, {"hidden", "8"}});
}

TEST_P(StanKinds, PaperTrainsDrawsAndScores) {
  TrainDrawAndScore(kPaperKind, {{"epochs", "1"}, {"batch_rows", "64"}});
}

INSTANTIATE_TEST_SUITE_P(Devices, StanKinds, ::testing::ValuesIn(TestDevices()),
                         [](const auto& info) { return DeviceInName(info.param); });

}  // namespace
}  // namespace stanflow
