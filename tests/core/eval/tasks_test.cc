#include <atomic>
#include <cmath>
#include <numeric>

#include "core/eval/metric.h"
#include "core/eval/task_fits.h"
#include "core/eval/task_samples.h"
#include "core/eval/task_series.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/core/eval/eval_testing.h"

namespace stanflow {
namespace {

// Predicts the mean of the targets; a stand-in that needs no library.
absl::StatusOr<std::vector<float>> MeanRegressor(const FeatureMatrix& train, absl::Span<const float> targets,
                                                 const FeatureMatrix& test, uint64_t) {
  EXPECT_EQ(train.rows(), targets.size());
  EXPECT_EQ(train.width, 25);
  const float mean = std::accumulate(targets.begin(), targets.end(), 0.0f) / targets.size();
  return std::vector<float>(test.rows(), mean);
}

// TCP follows UDP and UDP follows TCP with a chance of `turns`; bytes are 100 or, with `large`, 10,000.
FlowTable Turning(uint64_t seed, double turns, uint64_t bytes = 100, int hosts = 20) {
  std::vector<uint8_t> last(100, kTcp);
  return SpreadFlows(6000, hosts, 6, seed, [last, turns, bytes](double u, double, Flow* flow) mutable {
    uint8_t& protocol = last[flow->source_address - kTestHome];
    if (u < turns) protocol = protocol == kTcp ? kUdp : kTcp;
    flow->protocol = protocol;
    flow->bytes = bytes;
  });
}

class Tasks : public ::testing::Test {
 protected:
  Tasks() {
    input_.real = &real_;
    input_.synthetic = &synthetic_;
    input_.regressor = &regressor_;
    input_.options.tasks.rows_per_fit = 1000;
    input_.options.tasks.test_rows = 400;
    input_.options.tasks.trees = 10;
  }

  nlohmann::json Measure() {
    nlohmann::json report;
    const absl::Status status = kTasksMetric.measure(input_, &report);
    EXPECT_TRUE(status.ok()) << status;
    return report;
  }

  static nlohmann::json Point(const nlohmann::json& points, const std::string& series, double fraction) {
    for (const auto& point : points) {
      if (point["series"] == series && point["real_fraction"] == fraction) return point;
    }
    return nullptr;
  }

  const EvalRows real_ = EvalRowsOf(Turning(1, 0.9), TestHomes());
  EvalRows synthetic_ = EvalRowsOf(Turning(2, 0.9), TestHomes());
  const RegressorFitter regressor_ = MeanRegressor;
  EvalInput input_;
};

TEST_F(Tasks, SamplesShowTheEarlierRowsOfTheSameHostAndHourNearestFirst) {
  FlowTable flows;
  for (int i = 0; i < 7; ++i) flows.Append(WebFlow(kTestMidnight + 1000 * i, 0));
  for (int i = 0; i < 3; ++i) flows.Append(WebFlow(kTestMidnight + kHourMs + 1000 * i, 0));
  EvalRows rows = EvalRowsOf(flows, TestHomes());
  for (size_t i = 0; i < rows.size(); ++i) rows.bytes[i] = 100 * i;
  rows.protocol[4] = kUdp;
  rows.protocol[3] = kIcmp;
  const TaskRows of_bytes(rows, Task::kBytes), of_protocol(rows, Task::kProtocol);
  EXPECT_EQ(of_bytes.targets(), (std::vector<uint32_t>{5, 6}));
  EXPECT_EQ(of_protocol.targets(), (std::vector<uint32_t>{1, 2, 3, 4, 5, 6, 8, 9}));
  TaskSamples bytes, protocol;
  of_bytes.Append({5}, &bytes);
  ASSERT_EQ(bytes.features.rows(), 1);
  ASSERT_EQ(bytes.features.width, 25);
  EXPECT_FLOAT_EQ(bytes.features.values[4], std::log(401.0f));
  EXPECT_EQ(bytes.features.values[3], 1);      // UDP
  EXPECT_EQ(bytes.features.values[5 + 3], 2);  // ICMP
  EXPECT_EQ(bytes.features.values[1], 40000);
  EXPECT_FLOAT_EQ(bytes.features.values[24], 0);  // the first row has no bytes: ln 1
  EXPECT_FLOAT_EQ(bytes.targets[0], std::log(500.0f));
  of_protocol.Append({4}, &protocol);
  EXPECT_EQ(protocol.features.values, (std::vector<float>{300, 2, 0, 0, 1}));
  EXPECT_EQ(protocol.targets, std::vector<float>{1});
}

TEST_F(Tasks, FoldsAreContiguousAndNoTestRowIsLearnedFrom) {
  EvalRows rows = real_;
  for (size_t i = 0; i < rows.size(); ++i) rows.bytes[i] = 1000 + i;  // the feature names the row before
  input_.real = &rows;
  const TaskFolds folds = MakeTaskFolds(input_, Task::kProtocol);
  ASSERT_EQ(folds.test.size(), 5);
  EXPECT_EQ(folds.rows_per_fit, 1000);
  for (size_t k = 0; k < 5; ++k) {
    float lo = INFINITY, hi = 0;
    for (size_t i = 0; i < folds.test[k].features.rows(); ++i) {
      lo = std::min(lo, folds.test[k].features.values[5 * i]);
      hi = std::max(hi, folds.test[k].features.values[5 * i]);
    }
    EXPECT_LT(hi - lo, 6000 / 5 + 100);
    size_t inside = 0;
    for (size_t i = 0; i < 1000; ++i) {
      const float at = folds.train[k].features.values[5 * i];
      inside += lo < at && at < hi;
    }
    // Rows beside the border share their predecessors' stretch.
    EXPECT_LT(inside, 60) << "fold " << k;
    EXPECT_EQ(folds.test[k].targets.size(), 400);
  }
}

TEST_F(Tasks, HaveEverySeriesAndFractionWithItsDeviation) {
  input_.b1 = &synthetic_;
  const auto tasks = Measure()["tasks"];
  for (const char* task : {"task1", "task2"}) {
    for (double fraction : kRealFractions) {
      EXPECT_EQ(Point(tasks[task], "real", fraction).is_null(), fraction < 0.005) << fraction;
      for (const char* series : {"synthetic", "b1"}) {
        const auto point = Point(tasks[task], series, fraction);
        ASSERT_FALSE(point.is_null()) << task << " " << series << " " << fraction;
        EXPECT_TRUE(point["mean"].is_number());
        EXPECT_TRUE(point["sd"].is_number());
        EXPECT_EQ(point["fits"], 5);
        EXPECT_EQ(point["real_rows"], std::lround(fraction * 1000));
      }
    }
  }
  EXPECT_EQ(tasks["rows_per_fit"]["task1"], 1000);
  EXPECT_EQ(tasks["test_rows"]["task2"][4], 400);
}

TEST_F(Tasks, AShareThatComesToNoRealRowIsNoPointButNoneAtAllIs) {
  input_.options.tasks.rows_per_fit = 300;
  const auto task1 = Measure()["tasks"]["task1"];
  EXPECT_TRUE(Point(task1, "synthetic", 0.001).is_null());
  EXPECT_EQ(Point(task1, "synthetic", 0.0025)["real_rows"], 1);
  EXPECT_EQ(Point(task1, "synthetic", 0)["real_rows"], 0);
  EXPECT_EQ(Point(task1, "synthetic", 1)["real_rows"], 300);
}

TEST_F(Tasks, SayHowTheSetsWereDealtAndHowManyRowsTheyHave) {
  input_.b1 = &synthetic_;
  const EvalRows few_hosts = EvalRowsOf(Turning(3, 0.5, 100, 2), TestHomes());
  input_.synthetic = &few_hosts;
  const auto report = Measure();
  const auto& sets = report["tasks"]["sets"]["task1"];
  EXPECT_EQ(sets["b1"]["dealt_by"], "host");
  EXPECT_GE(sets["b1"]["rows_available"], 1000);
  EXPECT_EQ(sets["synthetic"]["dealt_by"], "time");
  EXPECT_EQ(sets["synthetic"]["rows_available"], (6000 - 2 * 6) / 5);  // less a host-hour's first row
  EXPECT_NE(kTasksMetric.render(report).find("dealt by time"), std::string::npos);
}

TEST_F(Tasks, SyntheticRowsOfTheSameProcessTeachAsMuchAsRealOnesAndOthersLess) {
  const auto good = Measure()["tasks"]["task1"];
  EXPECT_GT(Point(good, "real", 1)["mean"].get<double>(), 0.85);
  EXPECT_GT(Point(good, "synthetic", 0)["mean"].get<double>(), 0.85);
  EXPECT_EQ(Point(good, "synthetic", 1)["mean"], Point(good, "real", 1)["mean"]);
  synthetic_ = EvalRowsOf(Turning(2, 0.1), TestHomes());
  const auto bad = Measure()["tasks"]["task1"];
  EXPECT_LT(Point(bad, "synthetic", 0)["mean"].get<double>(), 0.2);
  EXPECT_EQ(Point(bad, "real", 0.1), Point(good, "real", 0.1));
}

TEST_F(Tasks, TheReplacedShareIsWhatTheFractionSays) {
  synthetic_ = EvalRowsOf(Turning(2, 0.9, 10000), TestHomes());
  const auto task2 = Measure()["tasks"]["task2"];
  const double far = std::log(100.0);  // between the two sets' ln bytes; the mean's error is the share's
  EXPECT_NEAR(Point(task2, "real", 0.1)["mean"].get<double>(), 0, 1e-6);
  EXPECT_NEAR(Point(task2, "synthetic", 0.1)["mean"].get<double>(), std::pow(0.9 * far, 2), 1e-3);
  EXPECT_NEAR(Point(task2, "synthetic", 0)["mean"].get<double>(), far * far, 1e-3);
}

TEST_F(Tasks, AnswerTheSameOnAnyNumberOfThreads) {
  const auto one = Measure();
  input_.options.threads = 4;
  EXPECT_EQ(Measure(), one);
}

TEST_F(Tasks, ARealSeriesIsTakenAsGivenAndRefusedIfItIsOfOtherOptions) {
  const nlohmann::json real = RealTaskSeries(input_).value();
  const auto whole = Measure();
  input_.real_tasks = &real;
  EXPECT_EQ(Measure(), whole);
  nlohmann::json report;
  input_.options.tasks.trees = 11;
  EXPECT_TRUE(absl::IsFailedPrecondition(kTasksMetric.measure(input_, &report)));
}

TEST_F(Tasks, WithoutARegressorTask2IsLeftOutAndTheNotesSaySo) {
  input_.regressor = nullptr;
  const auto report = Measure();
  EXPECT_FALSE(report["tasks"].contains("task2"));
  EXPECT_TRUE(report["tasks"].contains("task1"));
  EXPECT_EQ(report["notes"].size(), 1);
}

TEST_F(Tasks, SetsAreDisjointByHostAndByTimeWhereHostsAreFew) {
  const EvalRows few = EvalRowsOf(Turning(3, 0.5, 100, 2), TestHomes());
  EXPECT_TRUE(MakeTaskSets(synthetic_, Task::kProtocol, 100, 1).by_host);
  const TaskSets by_time = MakeTaskSets(few, Task::kProtocol, 5000, 1);
  EXPECT_FALSE(by_time.by_host);
  ASSERT_EQ(by_time.sets.size(), 5);
  EXPECT_LT(by_time.smallest, 5000);  // its rows came again
  for (const TaskSamples& set : by_time.sets) EXPECT_EQ(set.targets.size(), 5000);
}

TEST_F(Tasks, TooFewRealRowsAreNoTasksAndStoppingIsCancelled) {
  const EvalRows few = EvalRowsOf(SpreadFlows(12, 2, 1, 1), TestHomes());
  input_.real = &few;
  const auto report = Measure();
  EXPECT_FALSE(report.contains("tasks"));
  EXPECT_EQ(report["notes"].size(), 1);
  input_.real = &real_;
  std::atomic<int> asked = 0;
  input_.stop_requested = [&asked] { return ++asked > 5; };
  nlohmann::json unused;
  EXPECT_TRUE(absl::IsCancelled(kTasksMetric.measure(input_, &unused)));
}

}  // namespace
}  // namespace stanflow
