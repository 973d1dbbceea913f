#include <algorithm>
#include <filesystem>
#include <vector>

#include "core/kinds/model_kind.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/worker/job_handler.h"
#include "tests/core/dataset/dataset_testing.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

// A data folder with a dataset and a model that was trained on it; B1 is the quickest to train.
class EvaluateJob : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(dir_.File("models/base"));
    std::filesystem::create_directories(dir_.File("datasets"));
  }
  void Train(std::string_view holdout) {
    const auto dataset = MakeDataset(dir_.File("datasets/test"), AnyFlows(3000, 6, 8, true), holdout);
    TrainingTask task;
    task.dataset = dataset.get();
    task.bundle_dir = dir_.File("models/base/1");
    ASSERT_TRUE(kB1Kind.train(task).ok());
  }
  absl::StatusOr<nlohmann::json> Run(nlohmann::json changes = {}) {
    JobContext context;
    context.data_dir = dir_.path();
    context.job_dir = dir_.File("job");
    context.spec = {{"model", "base"},
                    {"version", 1},
                    {"dataset", "test"},
                    {"synthetic_dataset", ""},
                    {"generate", {{"seed", 4}, {"hosts", 6}, {"home", "10.7.0.0/16"}, {"rows", 1200}}},
                    {"max_likelihood_rows", 0},
                    {"task_rows", 0}};
    if (!changes.is_null()) context.spec.update(changes);
    context.threads = 2;
    context.progress = [this](const JobProgress& progress) { done_.push_back(progress.fraction); };
    context.stop_requested = [this] { return stop_; };
    return RunEvaluateJob(context);
  }
  nlohmann::json Report() const { return nlohmann::json::parse(dir_.Read("job/out/report.json")); }

  TempDir dir_;
  std::vector<double> done_;  // fractions that were reported
  bool stop_ = false;
};

TEST_F(EvaluateJob, WritesBothReportsAndAnswersTheHeadline) {
  Train("hours=odd");
  const auto headline = Run();
  ASSERT_TRUE(headline.ok()) << headline.status();
  const nlohmann::json report = Report();
  EXPECT_EQ(*headline, report["summary"]);
  EXPECT_EQ(report["model"], "base@1");
  EXPECT_EQ(report["rows_synthetic"], 1200);
  EXPECT_EQ(report["synthetic"]["hosts"], 6);
  EXPECT_EQ(report["generate"]["home"], "10.7.0.0/16");
  EXPECT_GT((*headline)["exact_nats_per_row"], 10);
  EXPECT_EQ(report["rules"]["T1"]["synthetic"], 1.0);
  EXPECT_LT(report["jsd"]["direction"]["value"], 0.01);
  const std::string page = dir_.Read("job/out/report.html");
  for (const char* part : {"base@1 against test", "Where it is weakest", "Three ways of running",
                           "What it was trained on", "How fast it is"})
    EXPECT_THAT(page, HasSubstr(part));
}

TEST_F(EvaluateJob, ItsProgressNeverFallsAndEndsNearTheEnd) {
  Train("hours=odd");
  ASSERT_TRUE(Run({{"task_rows", 60}}).ok());
  EXPECT_TRUE(std::is_sorted(done_.begin(), done_.end()));
  EXPECT_GT(done_.back(), 0.95);
  EXPECT_LE(done_.back(), 1);
}

TEST_F(EvaluateJob, AModelRunsInThreeWaysBesideRealContextsWhicheverFlowsAreJudged) {
  Train("hours=odd");
  MakeDataset(dir_.File("datasets/other"), AnyFlows(900, 6, 8, true), "none");
  ASSERT_TRUE(Run({{"synthetic_dataset", "other"}}).ok());
  const nlohmann::json report = Report();
  EXPECT_GT(report["running"]["real"]["rows"][0], 0);
  EXPECT_EQ(report["running"]["one_step"]["rows"], report["running"]["real"]["rows"]);
  EXPECT_EQ(report["training"]["preset"], "b1");
  EXPECT_GT(report["speed"]["scored_rows_per_second"], 0);
  EXPECT_FALSE(report["speed"].contains("flows_per_second"));
}

TEST_F(EvaluateJob, TasksAreLearnedFromAsManyRowsAsAskedAndLeftOutForNone) {
  Train("hours=odd");
  ASSERT_TRUE(Run({{"task_rows", 60}}).ok());
  const nlohmann::json tasks = Report()["tasks"];
  EXPECT_EQ(tasks["rows_per_fit"]["task1"], 60);
  EXPECT_EQ(tasks["task1"].back()["real_fraction"], 0.0);
#ifdef STANFLOW_WITH_TORCH
  EXPECT_GT(tasks["task2"].back()["mean"], 0);
#endif
  ASSERT_TRUE(Run().ok());
  EXPECT_FALSE(Report().contains("tasks"));
}

TEST_F(EvaluateJob, ASecondRunOfTheSameJobGivesTheSameFigures) {
  Train("hours=odd");
  const auto first = Run();
  const auto second = Run();
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(*first, *second);
}

TEST_F(EvaluateJob, ImportedFlowsAreJudgedByTheirOwnHomeBesideTheBaseline) {
  Train("hours=odd");
  MakeDataset(dir_.File("datasets/other"), AnyFlows(900, 6, 8, true), "none");
  const auto headline = Run({{"synthetic_dataset", "other"}, {"model", ""}});
  ASSERT_TRUE(headline.ok()) << headline.status();
  const nlohmann::json report = Report();
  EXPECT_EQ(report["rows_synthetic"], 900);
  EXPECT_EQ(report["synthetic_source"], "other");
  EXPECT_FALSE(report.contains("likelihood"));
  EXPECT_TRUE(report["jsd"]["bytes"]["b1"].is_number());
}

TEST_F(EvaluateJob, TheRowsThatAModelWasTrainedOnAreNoHoldOut) {
  Train("none");
  const absl::Status status = Run().status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("--holdout"));
  // Another dataset without a hold-out is all new to it.
  MakeDataset(dir_.File("datasets/second"), AnyFlows(900, 6, 8, true), "none");
  const auto headline = Run({{"dataset", "second"}});
  ASSERT_TRUE(headline.ok()) << headline.status();
  EXPECT_EQ(Report()["real_split"], "all");
  EXPECT_EQ(Report()["rows_real"], 900);
}

TEST_F(EvaluateJob, RefusesTheSameFlowsWithAnotherHoldOut) {
  Train("hours=odd");
  MakeDataset(dir_.File("datasets/swapped"), AnyFlows(3000, 6, 8, true), "hours=even");
  const absl::Status status = Run({{"dataset", "swapped"}}).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("--holdout hours=odd"));
  MakeDataset(dir_.File("datasets/again"), AnyFlows(3000, 6, 8, true), "hours=odd");
  EXPECT_TRUE(Run({{"dataset", "again"}}).ok());
}

TEST_F(EvaluateJob, FailsForWhatIsNotThereAndStopsWhenAsked) {
  Train("hours=odd");
  EXPECT_TRUE(absl::IsNotFound(Run({{"version", 2}}).status()));
  EXPECT_FALSE(Run({{"dataset", "none-such"}}).ok());
  stop_ = true;
  EXPECT_TRUE(absl::IsCancelled(Run().status()));
}

}  // namespace
}  // namespace stanflow
