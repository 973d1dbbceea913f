#ifndef STANFLOW_CORE_EVAL_TASK_CHART_H_
#define STANFLOW_CORE_EVAL_TASK_CHART_H_

#include <string>
#include <vector>

#include "core/eval/svg_line_chart.h"
#include "nlohmann/json_fwd.hpp"

namespace stanflow {

// How the points of a task (task_series.h) are shown, in the report and in the paper's figures alike.

// kRealFractions as text, in order.
std::vector<std::string> TaskPlaces();

// The points of one series in the order of kRealFractions; null where it has none.
std::vector<nlohmann::json> TaskPoints(const nlohmann::json& points);

// The means of one series over TaskPlaces, with their deviations as bars.
LineSeries TaskLine(const nlohmann::json& points, std::string style, std::string label);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_TASK_CHART_H_
