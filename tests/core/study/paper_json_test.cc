#include "core/study/paper_json.h"

#include "gtest/gtest.h"

namespace stanflow {
namespace {

nlohmann::json Report(double t3, bool likelihood) {
  nlohmann::json report = {
      {"rules",
       {{"T1", {{"real", 1.0}, {"synthetic", 1.0}}},
        {"T2", {{"real", 0.9996}, {"synthetic", 0.99}}},
        {"T3", {{"real", 0.927}, {"synthetic", t3}}}}},
      {"jsd", {{"bytes", {{"value", 0.02}, {"floor", 0.01}}}}},
      {"association", {{"value", 0.05}, {"floor", 0.02}}},
      {"rows_per_host_hour", {{"real", {{"mean", 583}}}, {"synthetic", {{"mean", 700}}}}},
      {"running", {{"contexts", 40}}},
      {"tasks",
       {{"task1",
         {{{"series", "real"}, {"real_fraction", 1.0}, {"mean", 0.8}, {"sd", 0.01}, {"fits", 5}},
          {{"series", "real"}, {"real_fraction", 0.1}, {"mean", 0.7}, {"sd", 0.02}, {"fits", 5}},
          {{"series", "synthetic"}, {"real_fraction", 1.0}, {"mean", 0.8}, {"sd", 0.01}, {"fits", 5}},
          {{"series", "synthetic"}, {"real_fraction", 0.0}, {"mean", 0.76}, {"sd", 0.03}, {"fits", 5}},
          {{"series", "b1"}, {"real_fraction", 0.0}, {"mean", 0.3}, {"sd", 0.03}, {"fits", 5}}}},
        {"task2",
         {{{"series", "real"}, {"real_fraction", 1.0}, {"mean", 2.0}, {"sd", 0.1}, {"fits", 5}},
          {{"series", "synthetic"}, {"real_fraction", 1.0}, {"mean", 2.0}, {"sd", 0.1}, {"fits", 5}},
          {{"series", "synthetic"}, {"real_fraction", 0.0}, {"mean", 2.2}, {"sd", 0.1}, {"fits", 5}}}}}},
  };
  if (likelihood) {
    report["likelihood"] = {
        {"exact_nats_per_row", 27.5},
        {"exact_nats_per_row_se", 0.4},
        {"paper_nats", {{"bytes", 1.2}, {"packets", 1.3}, {"duration", 0.4}, {"protocol", 0.2}}},
        {"paper_nats_se", {{"bytes", 0.01}, {"packets", 0.01}, {"duration", 0.01}, {"protocol", 0.01}}}};
  }
  return report;
}

ProcessModel Process(const std::string& name, double same_row_r) {
  ProcessModel model{name, {}, {}};
  for (double shift : {-0.01, 0.0, 0.01})
    model.figures.push_back({0.9 + shift, same_row_r, 0.012 + shift / 10, 0.01});
  for (int i = 0; i < 1000; ++i) {
    model.sample.x.push_back(i);
    model.sample.y.push_back(-i);
  }
  return model;
}

const nlohmann::json& Paper() {
  static const auto* const json = new nlohmann::json(
      PaperJson({{"stan", Report(0.94, true)}, {"b3", Report(0.5, false)}}, {Process("stan_mask_a", 0.73)}));
  return *json;
}

TEST(PaperJson, SetsThePrintedNumbersBesideOursAndTheFloor) {
  const auto& t3 = Paper()["tables"]["2"]["stan"]["T3"];
  EXPECT_EQ(t3["paper"], 81);
  EXPECT_NEAR(t3["ours"], 94, 1e-9);
  EXPECT_NEAR(t3["floor"], 92.7, 1e-9);
  EXPECT_EQ(Paper()["tables"]["2"]["b3"]["T3"]["paper"], 79);
  EXPECT_NEAR(Paper()["tables"]["2"]["real"]["T3"]["ours"], 92.7, 1e-9);
  const auto& bytes = Paper()["tables"]["4"]["stan"]["bytes"];
  EXPECT_EQ(bytes["paper"], 2.34);
  EXPECT_EQ(bytes["ours"], 1.2);
  EXPECT_EQ(bytes["ours_se"], 0.01);
  EXPECT_EQ(Paper()["figures"]["5"]["stan"]["bytes"]["floor"], 0.01);
  EXPECT_TRUE(Paper()["figures"]["5"]["stan"]["bytes"]["paper"].is_null());
}

TEST(PaperJson, SaysWhatThePaperDoesNotLookAtBesideTheFloor) {
  const auto& beyond = Paper()["beyond"];
  EXPECT_EQ(beyond["exact_nats_per_row"]["stan"]["ours"], 27.5);
  EXPECT_TRUE(beyond["exact_nats_per_row"]["b3"]["ours"].is_null());
  EXPECT_EQ(beyond["association"]["stan"]["floor"], 0.02);
  EXPECT_NEAR(beyond["t3_distance"]["b3"]["ours"], 0.427, 1e-9);
  EXPECT_EQ(beyond["rows_per_host_hour"]["stan"]["ours"], 700);
  EXPECT_EQ(beyond["rows_per_host_hour"]["stan"]["floor"], 583);
  EXPECT_EQ(beyond["running"]["stan"]["contexts"], 40);
}

TEST(PaperJson, LeavesOutTheLikelihoodOfAModelThatHasNone) {
  EXPECT_FALSE(Paper()["tables"]["4"].contains("b3"));
}

TEST(PaperJson, SaysWhatTheTasksKeepWithoutRealData) {
  const auto& task1 = Paper()["figures"]["6"];
  EXPECT_NEAR(task1["stan"]["kept"]["ours"], 0.95, 1e-9);
  EXPECT_NEAR(task1["stan"]["kept"]["paper"], 0.75 / 0.78, 1e-9);
  EXPECT_TRUE(task1["b3"]["kept"]["paper"].is_null());
  EXPECT_EQ(task1["real"]["points"].size(), 2);
  EXPECT_EQ(task1["stan"]["points"].size(), 2);
  EXPECT_NEAR(Paper()["figures"]["7"]["stan"]["growth"]["ours"], 0.1, 1e-9);
  EXPECT_EQ(Paper()["figures"]["7"]["stan"]["growth"]["paper"], 0.13);
}

TEST(PaperJson, GivesTheProcessAsMeanOverSeedsBesideWhatItAllows) {
  const auto& row = Paper()["figures"]["9"]["stan_mask_a"]["r"];
  EXPECT_EQ(row["paper"], 0.7);
  EXPECT_NEAR(row["ours"], 0.73, 1e-9);
  EXPECT_NEAR(row["floor"], 0.729, 1e-9);
  const auto& temporal = Paper()["figures"]["8"]["stan_mask_a"]["r"];
  EXPECT_NEAR(temporal["ours"], 0.9, 1e-9);
  EXPECT_NEAR(temporal["ours_sd"], 0.01, 1e-9);
  const auto& t1 = Paper()["tables"]["3"]["stan_mask_a"]["T1"];
  EXPECT_EQ(t1["paper"], 0.013);
  EXPECT_NEAR(t1["ours"], 0.012, 1e-9);
  EXPECT_NEAR(t1["floor"], 0.01154, 1e-5);
}

TEST(PaperJson, DrawsEnoughOfTheClouds) {
  const auto& points = Paper()["figures"]["8"]["stan_mask_a"]["points"];
  EXPECT_EQ(points.size(), 400);
  EXPECT_EQ(points[0], nlohmann::json::array({0.0, 1.0}));
  EXPECT_EQ(Paper()["figures"]["4"]["stan_mask_a"]["points"][5], nlohmann::json::array({5.0, -5.0}));
}

}  // namespace
}  // namespace stanflow
