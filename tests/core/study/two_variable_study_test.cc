#include "core/study/two_variable_study.h"

#include <map>

#include "gtest/gtest.h"

namespace stanflow {
namespace {

// The process' own figures: var x = 0.1^2 / (1 - 0.9^2), and what follows from it.
constexpr double kVarX = 0.01 / 0.19, kVarY = 0.81 * kVarX + 0.01;
// Mask A draws y from the row before alone: x and y then share 0.9 * 0.9 * x_{i-1} only.
constexpr double kMaskAR = 0.729;

class TwoVariableStudy : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    models_ = new std::map<std::string, ProcessModel>();
    const auto studied = StudyTwoVariables({});
    ASSERT_TRUE(studied.ok()) << studied.status();
    for (const ProcessModel& model : *studied) (*models_)[model.name] = model;
  }
  static const std::vector<ProcessFigures>& Figures(const std::string& model) {
    return models_->at(model).figures;
  }
  static std::map<std::string, ProcessModel>* models_;
};
std::map<std::string, ProcessModel>* TwoVariableStudy::models_ = nullptr;

TEST_F(TwoVariableStudy, HasEveryModelOfThePaperForFiveSeeds) {
  ASSERT_EQ(models_->size(), 4);
  for (const auto& [name, model] : *models_) {
    EXPECT_EQ(model.figures.size(), 5) << name;
    EXPECT_EQ(model.sample.x.size(), 10000) << name;
    EXPECT_EQ(model.sample.y.size(), 10000) << name;
  }
}

TEST_F(TwoVariableStudy, StanFindsTheTemporalDependenceWithBothMasks) {
  for (const char* model : {"simulated", "stan_mask_a", "stan_mask_b"}) {
    for (const ProcessFigures& figures : Figures(model)) {
      EXPECT_NEAR(figures.temporal_r, 0.9, 0.02) << model;
      EXPECT_NEAR(figures.task2_mse, 0.01, 0.003) << model;
    }
  }
}

TEST_F(TwoVariableStudy, MaskBFindsTheDependenceWithinARowAndMaskAWhatThePastShows) {
  for (const ProcessFigures& figures : Figures("stan_mask_b")) {
    EXPECT_NEAR(figures.same_row_r, 0.9, 0.02);
    EXPECT_NEAR(figures.task1_mse, 0.01, 0.003);
  }
  for (const ProcessFigures& figures : Figures("stan_mask_a")) {
    EXPECT_NEAR(figures.same_row_r, kMaskAR, 0.02);
    EXPECT_GT(figures.task1_mse, 0.0105);
    EXPECT_LT(figures.task1_mse, 0.013);
  }
}

TEST_F(TwoVariableStudy, B1KnowsOfNoDependence) {
  for (const ProcessFigures& figures : Figures("b1")) {
    EXPECT_NEAR(figures.temporal_r, 0, 0.05);
    EXPECT_NEAR(figures.same_row_r, 0, 0.05);
    EXPECT_NEAR(figures.task1_mse, kVarY, 0.006);
    EXPECT_NEAR(figures.task2_mse, kVarX, 0.006);
  }
}

TEST(ProcessFigures, AreThoseOfALineThatWasDrawn) {
  TwoVariableSample line, test;
  for (int i = 0; i < 100; ++i) {
    line.x.push_back(i);
    line.y.push_back(2 * i + 1);
    test.x.push_back(i);
    test.y.push_back(2 * i + 1 + (i % 2 == 0 ? 3 : -3));
  }
  const ProcessFigures figures = MeasureProcess(line, test);
  EXPECT_NEAR(figures.same_row_r, 1, 1e-12);
  EXPECT_NEAR(figures.temporal_r, 1, 1e-12);
  EXPECT_NEAR(figures.task1_mse, 9, 1e-9);
  EXPECT_NEAR(figures.task2_mse, 0, 1e-9);
}

TEST(StudyTwoVariables, StopsWhenAsked) {
  TwoVariableStudyOptions options;
  options.stop_requested = [] { return true; };
  EXPECT_EQ(StudyTwoVariables(options).status().code(), absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace stanflow
