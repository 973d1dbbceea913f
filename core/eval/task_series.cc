#include "core/eval/task_series.h"

#include <algorithm>
#include <cmath>

#include "core/base/philox.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/eval/comparison.h"
#include "core/eval/task_fits.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

// Fewer real rows teach nothing, and are no point.
constexpr size_t kLeastRows = 5;

Task TaskOf(const std::string& name) { return name == "task1" ? Task::kProtocol : Task::kBytes; }

size_t RealRows(double fraction, size_t rows_per_fit) {
  return static_cast<size_t>(std::llround(fraction * static_cast<double>(rows_per_fit)));
}

// Of one fit: another for every fit of a report.
uint64_t SeedOf(uint64_t seed, const std::string& task, const std::string& series, uint32_t point,
                uint32_t fold) {
  const uint32_t kind = (task == "task1" ? 0 : 8) + (series == "real" ? 0 : series == "b1" ? 2 : 1);
  const auto bits = Philox4x32(
      {kind, point, fold, 0}, {static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32) ^ 0x7A5C5EEDu});
  return uint64_t{bits[0]} << 32 | bits[1];
}

// What is learned from at one share of real rows.
struct PlannedPoint {
  double fraction;
  size_t real_rows;
};

nlohmann::json PointJson(const std::string& series, const PlannedPoint& point,
                         const std::vector<double>& scores) {
  const MeanAndDeviation summary = Summarise(scores);
  return {{"series", series},     {"real_fraction", point.fraction},       {"real_rows", point.real_rows},
          {"mean", summary.mean}, {"sd", FiniteOrNull(summary.deviation)}, {"fits", scores.size()}};
}

// A point's fits stand one after another.
struct Plan {
  std::vector<TaskFit> fits;
  std::vector<PlannedPoint> points;

  absl::StatusOr<nlohmann::json> Run(const EvalInput& input, Task task, const TaskFolds& folds,
                                     const std::string& series) const {
    STANFLOW_ASSIGN_OR_RETURN(const std::vector<double> scores, RunTaskFits(input, task, folds, fits));
    nlohmann::json out = nlohmann::json::array();
    for (size_t p = 0; p < points.size(); ++p) {
      const auto begin = scores.begin() + p * kTaskFolds;
      out.push_back(PointJson(series, points[p], {begin, begin + kTaskFolds}));
    }
    return out;
  }
};

Plan RealPlan(const EvalInput& input, const std::string& task, const TaskFolds& folds) {
  Plan out;
  for (uint32_t p = 0; p < std::size(kRealFractions); ++p) {
    const size_t rows = RealRows(kRealFractions[p], folds.rows_per_fit);
    if (rows < kLeastRows) continue;
    out.points.push_back({kRealFractions[p], rows});
    for (uint32_t fold = 0; fold < kTaskFolds; ++fold)
      out.fits.push_back({fold, rows, nullptr, SeedOf(input.options.seed, task, "real", p, fold)});
  }
  return out;
}

Plan ReplacingPlan(const EvalInput& input, const std::string& task, const std::string& series,
                   const TaskFolds& folds, const TaskSets& sets) {
  Plan out;
  for (uint32_t p = 0; p < std::size(kRealFractions); ++p) {
    const double fraction = kRealFractions[p];
    const size_t rows = RealRows(fraction, folds.rows_per_fit);
    if (fraction == 1 || (fraction > 0 && rows == 0)) continue;
    out.points.push_back({fraction, rows});
    for (uint32_t fold = 0; fold < kTaskFolds; ++fold) {
      out.fits.push_back({fold, rows, &sets.sets[fold], SeedOf(input.options.seed, task, series, p, fold)});
    }
  }
  return out;
}

}  // namespace

nlohmann::json TaskSettings(const EvalInput& input) {
  const TaskOptions& options = input.options.tasks;
  return {{"real_rows", input.real->size()},
          {"real_first_end_ms", input.real->end_ms.front()},
          {"real_last_end_ms", input.real->end_ms.back()},
          {"seed", input.options.seed},
          {"folds", kTaskFolds},
          {"rows_per_fit_at_most", options.rows_per_fit},
          {"test_rows_at_most", options.test_rows},
          {"trees", options.trees},
          {"task2", input.regressor != nullptr}};
}

absl::StatusOr<nlohmann::json> RealTaskSeries(const EvalInput& input) {
  nlohmann::json out;
  const double share = input.regressor == nullptr ? 1 : 0.5;  // of the work, each task
  for (const bool first : {true, false}) {
    const std::string task = first ? "task1" : "task2";
    if (TaskOf(task) == Task::kBytes && input.regressor == nullptr) continue;
    const EvalInput part = PartOf(input, first ? 0 : share, first ? share : 1);
    const TaskFolds folds = MakeTaskFolds(input, TaskOf(task));
    if (folds.rows_per_fit == 0) return nullptr;
    STANFLOW_ASSIGN_OR_RETURN(out[task], RealPlan(input, task, folds).Run(part, TaskOf(task), folds, "real"));
    out["rows_per_fit"][task] = folds.rows_per_fit;
    for (const TaskSamples& test : folds.test) out["test_rows"][task].push_back(test.targets.size());
  }
  out["settings"] = TaskSettings(input);
  return out;
}

absl::StatusOr<ReplacingSeries> ReplacingTaskSeries(const EvalInput& input, const std::string& task,
                                                    const std::string& series, const EvalRows& rows,
                                                    const nlohmann::json& real) {
  const TaskFolds folds = MakeTaskFolds(input, TaskOf(task));
  const TaskSets sets = MakeTaskSets(rows, TaskOf(task), folds.rows_per_fit, input.options.seed);
  ReplacingSeries out;
  if (sets.sets.empty()) {
    out.note =
        StrCat("No series ", series, " of ", task,
               ": it needs a row with enough earlier rows of its host and hour in each of five parts.");
    return out;
  }
  out.sets = {{"rows_available", sets.smallest}, {"dealt_by", sets.by_host ? "host" : "time"}};
  STANFLOW_ASSIGN_OR_RETURN(
      out.points, ReplacingPlan(input, task, series, folds, sets).Run(input, TaskOf(task), folds, series));
  for (nlohmann::json point : real.at(task)) {
    if (point["real_fraction"] != 1) continue;
    point["series"] = series;
    out.points.insert(out.points.begin(), point);
  }
  return out;
}

}  // namespace stanflow
