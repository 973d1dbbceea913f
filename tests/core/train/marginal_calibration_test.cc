#include "core/train/marginal_calibration.h"

#include <algorithm>
#include <map>
#include <string>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "tests/support/sample_dataset.h"
#include "tests/support/small_model.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using Weights = std::map<std::string, at::Tensor>;

Weights WeightsOf(const StanModel& model) {
  Weights weights;
  for (const auto& net : model.nets) {
    for (const auto& item : net->named_parameters())
      weights[net->net_name() + "." + item.key()] = item.value().detach().clone();
  }
  return weights;
}

bool Same(const Weights& a, const Weights& b) {
  return std::all_of(a.begin(), a.end(),
                     [&](const auto& item) { return item.second.equal(b.at(item.first)); });
}

class MarginalCalibration : public ::testing::Test {
 protected:
  absl::StatusOr<std::vector<double>> Calibrate(StanModel* model, int threads = 1, bool stop = false) const {
    CalibrationOptions options;
    options.seed = 3;
    options.threads = threads;
    return CalibrateMarginals(
        *dataset_, options, SmallBundleInfo(), [stop] { return stop; }, model);
  }

  const TempDir dir_;
  const std::unique_ptr<Dataset> dataset_ = SampleDataset(dir_.File("data"), 4, 1000, "hours=odd");
  const std::unique_ptr<StanModel> model_ = SmallModel(Preset::kCausal);
};

TEST_F(MarginalCalibration, BringsAModelThatRunsFreeNearerToItsTrainingRows) {
  const auto rounds = Calibrate(model_.get());
  ASSERT_TRUE(rounds.ok()) << rounds.status();
  const auto again = Calibrate(model_.get());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_LT(again->front(), 0.8 * rounds->front()) << "the nearest round's biases stay";
}

TEST_F(MarginalCalibration, MovesTheHeadsBiasesAndNoOtherWeight) {
  const Weights before = WeightsOf(*model_);
  ASSERT_TRUE(Calibrate(model_.get()).ok());
  for (const auto& [name, after] : WeightsOf(*model_)) {
    EXPECT_EQ(after.equal(before.at(name)), !absl::EndsWith(name, "_out_bias")) << name;
  }
}

TEST_F(MarginalCalibration, GivesTheSameWeightsOnAnyNumberOfThreads) {
  const auto other = SmallModel(Preset::kCausal);
  ASSERT_TRUE(Calibrate(model_.get(), 1).ok());
  ASSERT_TRUE(Calibrate(other.get(), 3).ok());
  EXPECT_TRUE(Same(WeightsOf(*model_), WeightsOf(*other)));
}

TEST_F(MarginalCalibration, LeavesTheModelAsItWasWhenItIsStopped) {
  const Weights before = WeightsOf(*model_);
  const auto stopped = Calibrate(model_.get(), 1, /*stop=*/true);
  EXPECT_TRUE(absl::IsCancelled(stopped.status())) << stopped.status();
  EXPECT_TRUE(Same(WeightsOf(*model_), before));
}

}  // namespace
}  // namespace stanflow
