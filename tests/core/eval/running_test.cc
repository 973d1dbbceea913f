#include "core/eval/metric.h"
#include "core/eval/run_bands.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/core/eval/eval_testing.h"

namespace stanflow {
namespace {

class RunningMetric : public ::testing::Test {
 protected:
  RunningMetric() {
    real_ = EvalRowsOf(SpreadFlows(500, 5, 3, 1), TestHomes());
    runs_.real = StickyRuns(40, 400, 1, 0.8);
    runs_.one_step = StickyRuns(40, 400, 2, 0.8);
    runs_.from_window = StickyRuns(40, 400, 3, 0.8);
    runs_.from_nothing = StickyRuns(40, 400, 4, 0);
    input_.real = &real_;
    input_.runs = &runs_;
    input_.options.running_rows = 1200;
    input_.options.threads = 2;
  }
  nlohmann::json Running() {
    nlohmann::json report;
    const absl::Status status = kRunningMetric.measure(input_, &report);
    EXPECT_TRUE(status.ok()) << status;
    return report["running"];
  }

  EvalRows real_;
  ModelRuns runs_;
  EvalInput input_;
};

TEST_F(RunningMetric, PartsTheWayThatIsWrongFromThoseThatAreNot) {
  const nlohmann::json got = Running();
  for (size_t band : {0, 1}) {
    EXPECT_EQ(got["bands"][band]["rows_compared"], 1200);
    for (const char* right : {"one_step", "from_window"}) {
      EXPECT_NEAR(got[right]["auc"][band].get<double>(), 0.5, 0.08) << right;
      EXPECT_LT(got[right]["jsd"][band].get<double>(), 2 * got["floor"]["jsd"][band].get<double>()) << right;
      EXPECT_NEAR(got[right]["previous_address"][band].get<double>(), 0.8, 0.03) << right;
    }
    EXPECT_GT(got["from_nothing"]["auc"][band].get<double>(), 0.8);
    EXPECT_LT(got["from_nothing"]["previous_address"][band].get<double>(), 0.05);
    EXPECT_NEAR(got["floor"]["auc"][band].get<double>(), 0.5, 0.08);
    EXPECT_NEAR(got["real"]["delta_0"][band].get<double>(), 1 / 6.0, 0.03);
    EXPECT_NEAR(got["real"]["rows_per_host_hour"][band].get<double>(), 3600 / 2.5, 60);
  }
}

TEST_F(RunningMetric, ABandWithoutEnoughRowsHasNoComparison) {
  const nlohmann::json got = Running();
  ASSERT_EQ(got["bands"].size(), 4);
  EXPECT_EQ(got["bands"][3]["rows_compared"], 0);
  EXPECT_EQ(got["real"]["rows"][3], 0);
  EXPECT_EQ(got["one_step"]["jsd"][3], nullptr);
  EXPECT_EQ(got["real"]["delta_0"][3], nullptr);
}

TEST_F(RunningMetric, AWayThatDoesNotComeSoFarLeavesTheOthersCompared) {
  runs_.from_nothing = StickyRuns(40, 150, 4, 0);
  const nlohmann::json got = Running();
  EXPECT_GT(got["bands"][1]["rows_compared"], 1000);
  EXPECT_EQ(got["from_nothing"]["auc"][1], nullptr);
  EXPECT_TRUE(got["one_step"]["auc"][1].is_number());
  EXPECT_TRUE(got["floor"]["auc"][1].is_number());
}

TEST_F(RunningMetric, AnswersTheSameOnAnyNumberOfThreads) {
  const nlohmann::json two = Running();
  input_.options.threads = 1;
  EXPECT_EQ(Running(), two);
}

TEST_F(RunningMetric, IsLeftOutWithoutAModelAndDrawnWithOne) {
  nlohmann::json report = {{"running", Running()}};
  const std::string page = kRunningMetric.render(report);
  for (const char* id : {"running_jsd", "running_auc", "running_rows_per_host_hour"})
    EXPECT_NE(page.find(id), std::string::npos) << id;
  EXPECT_EQ(page.find("nan"), std::string::npos);
  input_.runs = nullptr;
  EXPECT_TRUE(Running().is_null());
  EXPECT_EQ(kRunningMetric.render({}), "");
}

}  // namespace
}  // namespace stanflow
