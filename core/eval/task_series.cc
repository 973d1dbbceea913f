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

nlohmann::json Point(const std::string& series, double fraction, const std::vector<double>& scores) {
  const MeanAndDeviation summary = Summarise(scores);
  nlohmann::json out = {
      {"series", series}, {"real_fraction", fraction}, {"mean", summary.mean}, {"fits", scores.size()}};
  out["sd"] = std::isfinite(summary.deviation) ? nlohmann::json(summary.deviation) : nlohmann::json(nullptr);
  return out;
}

// A point's fits stand one after another.
struct Plan {
  std::vector<TaskFit> fits;
  std::vector<double> fractions;  // of each point

  absl::StatusOr<nlohmann::json> Run(const EvalInput& input, Task task, const TaskFolds& folds,
                                     const std::string& series) const {
    STANFLOW_ASSIGN_OR_RETURN(const std::vector<double> scores, RunTaskFits(input, task, folds, fits));
    nlohmann::json out = nlohmann::json::array();
    const size_t per_point = fractions.empty() ? 0 : fits.size() / fractions.size();
    for (size_t p = 0; p < fractions.size(); ++p) {
      const auto begin = scores.begin() + p * per_point;
      out.push_back(Point(series, fractions[p], {begin, begin + per_point}));
    }
    return out;
  }
};

Plan RealPlan(const EvalInput& input, const std::string& task, const TaskFolds& folds) {
  Plan out;
  for (uint32_t p = 0; p < std::size(kRealFractions); ++p) {
    const size_t rows = RealRows(kRealFractions[p], folds.rows_per_fit);
    if (rows < kLeastRows) continue;
    out.fractions.push_back(kRealFractions[p]);
    for (uint32_t fold = 0; fold < kTaskFolds; ++fold)
      out.fits.push_back({fold, rows, nullptr, SeedOf(input.options.seed, task, "real", p, fold)});
  }
  return out;
}

Plan ReplacingPlan(const EvalInput& input, const std::string& task, const std::string& series,
                   const TaskFolds& folds, const TaskSets& sets) {
  Plan out;
  for (uint32_t p = 0; p < std::size(kRealFractions); ++p) {
    if (kRealFractions[p] == 1) continue;
    out.fractions.push_back(kRealFractions[p]);
    for (uint32_t fold = 0; fold < kTaskFolds; ++fold) {
      out.fits.push_back({fold, RealRows(kRealFractions[p], folds.rows_per_fit), &sets.sets[fold],
                          SeedOf(input.options.seed, task, series, p, fold)});
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
  for (const char* name : {"task1", "task2"}) {
    const std::string task = name;
    if (TaskOf(task) == Task::kBytes && input.regressor == nullptr) continue;
    const TaskFolds folds = MakeTaskFolds(input, TaskOf(task));
    if (folds.rows_per_fit == 0) return nullptr;
    STANFLOW_ASSIGN_OR_RETURN(out[task],
                              RealPlan(input, task, folds).Run(input, TaskOf(task), folds, "real"));
    out["rows_per_fit"][task] = folds.rows_per_fit;
    for (const TaskSamples& test : folds.test) out["test_rows"][task].push_back(test.targets.size());
  }
  out["settings"] = TaskSettings(input);
  return out;
}

absl::StatusOr<nlohmann::json> ReplacingTaskSeries(const EvalInput& input, const std::string& task,
                                                   const std::string& series, const EvalRows& rows,
                                                   const nlohmann::json& real, std::string* note) {
  const TaskFolds folds = MakeTaskFolds(input, TaskOf(task));
  const TaskSets sets = MakeTaskSets(rows, TaskOf(task), folds.rows_per_fit, input.options.seed);
  if (sets.sets.empty()) {
    *note = StrCat("No series ", series, " of ", task,
                   ": it needs a row with enough earlier rows of its host and hour "
                   "in each of five parts.");
    return nlohmann::json::array();
  }
  STANFLOW_ASSIGN_OR_RETURN(
      nlohmann::json points,
      ReplacingPlan(input, task, series, folds, sets).Run(input, TaskOf(task), folds, series));
  for (nlohmann::json point : real.at(task)) {
    if (point["real_fraction"] != 1) continue;
    point["series"] = series;
    points.insert(points.begin(), point);
  }
  return points;
}

}  // namespace stanflow
