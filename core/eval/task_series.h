#ifndef STANFLOW_CORE_EVAL_TASK_SERIES_H_
#define STANFLOW_CORE_EVAL_TASK_SERIES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/eval/metric.h"
#include "nlohmann/json.hpp"

namespace stanflow {

// Shares of real rows that the tasks are learned from (the paper's Figures 6 and 7).
inline constexpr double kRealFractions[] = {1, 0.1, 0.01, 0.0075, 0.005, 0.0025, 0.001, 0};

// What decides the real series, as fields: what is of other settings is of other rows or options. It sees the
// real rows' number and time only, and that there is a regressor: who hands on a series
// (EvalInput::real_tasks) answers for the rows being the same and the regressor too.
nlohmann::json TaskSettings(const EvalInput& input);

// What does not depend on any model: series "real" of both tasks, less and less real data. Reads `input`'s
// real rows, regressor, options and callbacks only; an evaluation of another model against the same real rows
// takes the answer as EvalInput::real_tasks. {"settings": TaskSettings, "task1": [{series, real_fraction,
// real_rows, mean, sd, fits}], "task2", "rows_per_fit": {task: rows}, "test_rows": {task: [rows of each
// fold]}}; without a regressor no "task2"; null where the real rows are too few for five folds.
absl::StatusOr<nlohmann::json> RealTaskSeries(const EvalInput& input);

// One task with rows of another set in the place of the real ones left out, so that the total stays; fold k
// meets set k (MakeTaskSets).
struct ReplacingSeries {
  // As of the real series. A share that comes to no real row, but is not 0, is no point.
  nlohmann::json points = nlohmann::json::array();
  // {rows_available: in the smallest set, which gives some more than once where a fit takes more of it;
  // dealt_by: "host" or "time"}
  nlohmann::json sets;
  std::string note;  // why there are no points; empty where there are
};

// `real` is RealTaskSeries' answer: at fraction 1 nothing is replaced.
absl::StatusOr<ReplacingSeries> ReplacingTaskSeries(const EvalInput& input, const std::string& task,
                                                    const std::string& series, const EvalRows& rows,
                                                    const nlohmann::json& real);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_TASK_SERIES_H_
