#include <atomic>
#include <filesystem>

#include "core/base/file.h"
#include "core/kinds/model_kind.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/worker/job_handler.h"
#include "tests/core/dataset/dataset_testing.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

// A data folder with a dataset and the two models that are trained in a moment.
class ReproduceJob : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(dir_.File("models/b1"));
    std::filesystem::create_directories(dir_.File("models/b2"));
    std::filesystem::create_directories(dir_.File("datasets"));
    const auto dataset = MakeDataset(dir_.File("datasets/test"), AnyFlows(3000, 6, 8, true), "hours=odd");
    TrainingTask task;
    task.dataset = dataset.get();
    task.bundle_dir = dir_.File("models/b1/1");
    ASSERT_TRUE(kB1Kind.train(task).ok());
    task.bundle_dir = dir_.File("models/b2/1");
    ASSERT_TRUE(kB2Kind.train(task).ok());
  }
  static nlohmann::json Model(const std::string& name) {
    return {{"name", name},
            {"model", name},
            {"version", 1},
            {"max_likelihood_rows", 0},
            {"generate", {{"seed", 4}, {"hosts", 6}, {"home", "10.7.0.0/16"}, {"rows", 1200}}}};
  }
  absl::StatusOr<nlohmann::json> Run(const nlohmann::json& models) {
    JobContext context;
    context.data_dir = dir_.path();
    context.job_dir = dir_.File("job");
    context.spec = {{"dataset", "test"}, {"seed", 1}, {"task_rows", 60}, {"models", models}};
    context.threads = 2;
    context.progress = [this](const JobProgress& progress) {
      EXPECT_GE(progress.fraction, 0);
      EXPECT_LE(progress.fraction, 1);
      if (!stop_at_.empty() && progress.message.rfind(stop_at_, 0) == 0) stop_ = true;
    };
    context.stop_requested = [this] { return stop_.load(); };
    return RunReproduceJob(context);
  }
  nlohmann::json Kept(const std::string& name) const {
    return nlohmann::json::parse(dir_.Read("job/checkpoint/" + name + ".json"), nullptr,
                                 /*allow_exceptions=*/false);
  }
  // The points of Task 1 that were learned from real rows only; their means.
  static std::vector<double> RealMeans(const nlohmann::json& report) {
    std::vector<double> means;
    for (const auto& point : report.at("tasks").at("task1")) {
      if (point["series"] == "real") means.push_back(point["mean"]);
    }
    return means;
  }

  TempDir dir_;
  std::string stop_at_;  // progress that begins so asks the job to stop
  std::atomic<bool> stop_{false};
};

TEST_F(ReproduceJob, SetsEveryModelBesideThePaperAndGoesOnWhereItWasKilled) {
  ASSERT_FALSE(Run({Model("b1"), Model("gone")}).ok());
  // The first model is judged; it is not needed again.
  std::filesystem::remove_all(dir_.File("models/b1"));
  // A score that no fit gives: it shows whether the second model takes over the first one's.
  nlohmann::json first = Kept("b1");
  ASSERT_FALSE(RealMeans(first).empty());
  for (auto& point : first["tasks"]["task1"]) point["mean"] = 7.25;
  ASSERT_TRUE(WriteFileDurably(dir_.File("job/checkpoint/b1.json"), first.dump()).ok());
  const auto figures = Run({Model("b1"), Model("b2")});
  ASSERT_TRUE(figures.ok()) << figures.status();
  EXPECT_GT((*figures)["b2"]["exact_nats_per_row"], 10);
  const auto paper = nlohmann::json::parse(dir_.Read("job/out/report.json"));
  EXPECT_EQ(paper["tables"]["2"]["b1"]["T2"]["paper"], 77);
  EXPECT_EQ(paper["tables"]["2"]["b1"]["T1"]["ours"], 100);
  EXPECT_TRUE(paper["tables"]["4"]["b2"]["bytes"]["ours"].is_number());
  EXPECT_TRUE(paper["tables"]["3"]["stan_mask_b"]["T1"]["ours"].is_number());
  // The real series is fitted once, and stands beside both.
  EXPECT_EQ(RealMeans(Kept("b2")), RealMeans(first));
  EXPECT_FALSE(paper["figures"]["6"]["real"]["points"].empty());
  const std::string page = dir_.Read("job/out/report.html");
  for (const char* part : {"Table 2", "Table 3", "Table 4", "Figure 5", "Figure 6", "Figure 7", "Figure 8",
                           "Figures 4 and 9", "<svg"})
    EXPECT_THAT(page, HasSubstr(part));
}

TEST_F(ReproduceJob, KeepsWhatIsJudgedWhenItIsAskedToStop) {
  stop_at_ = "b2:";
  EXPECT_TRUE(absl::IsCancelled(Run({Model("b1"), Model("b2")}).status()));
  EXPECT_TRUE(Kept("b1").is_object());
  EXPECT_FALSE(FileSize(dir_.File("job/checkpoint/b2.json")).ok());
  EXPECT_FALSE(FileSize(dir_.File("job/out/report.json")).ok());
}

TEST_F(ReproduceJob, JudgesAModelAnewWhoseCheckpointIsDamaged) {
  ASSERT_TRUE(MakeDirectories(dir_.File("job/checkpoint")).ok());
  dir_.Write("job/checkpoint/b1.json", R"({"tasks":)");
  ASSERT_TRUE(absl::IsNotFound(Run({Model("b1"), Model("gone")}).status()));
  EXPECT_GT(Kept("b1")["summary"]["exact_nats_per_row"], 10);
}

TEST_F(ReproduceJob, RefusesNamesThatAreMissingOrTwiceThere) {
  for (const nlohmann::json& models :
       {nlohmann::json::array(), nlohmann::json::array({Model("b1"), Model("b1")}),
        nlohmann::json::array({1})}) {
    EXPECT_TRUE(absl::IsInvalidArgument(Run(models).status())) << models;
  }
}

}  // namespace
}  // namespace stanflow
