#ifndef STANFLOW_CORE_EVAL_RUNNING_CHART_H_
#define STANFLOW_CORE_EVAL_RUNNING_CHART_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "nlohmann/json_fwd.hpp"

namespace stanflow {

// How the ways of running (report.json's `running`) are shown, in the report and in the paper's page alike.

// Whose rows they are: a field of `running`, and the class that styles its line.
struct RunningLine {
  const char* name;
  const char* label;
};
// The real rows, then the three ways.
inline constexpr RunningLine kRunningLines[] = {{"real", "real"},
                                                {"one_step", "one step ahead"},
                                                {"from_window", "from a window"},
                                                {"from_nothing", "from nothing"}};

struct RunningFigure {
  const char* field;
  const char* title;
  const char* axis;       // with its unit
  const char* reference;  // the field that the ways are held against: "real" or "floor"
};
// "jsd" and "auc" first.
absl::Span<const RunningFigure> RunningFigures();

// The bands as text, in order.
std::vector<std::string> RunningPlaces(const nlohmann::json& running);

// One figure of all ways over the places; empty if there is none. `id`: in the page.
std::string RunningChart(const nlohmann::json& running, const RunningFigure& figure, std::string_view id,
                         std::string_view caption);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_RUNNING_CHART_H_
