#include <cmath>
#include <utility>

#include "absl/strings/str_format.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/eval/html.h"
#include "core/eval/metric.h"
#include "core/eval/svg_line_chart.h"
#include "core/eval/task_series.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

struct Shown {
  const char* name;
  const char* title;
  const char* score;
  bool logarithmic;  // the chart's axis: nets that learn from a handful of rows err by orders of magnitude
};
constexpr Shown kTasks[] = {{"task1", "Task 1: the next flow's protocol", "macro F1", false},
                            {"task2", "Task 2: the next flow's ln bytes", "mean squared error", true}};

constexpr std::pair<const char*, const char*> kSeries[] = {
    {"real", "real, less of it"}, {"synthetic", "rest synthetic"}, {"b1", "rest B1"}};

absl::StatusOr<nlohmann::json> RealSeries(const EvalInput& input) {
  if (input.real_tasks == nullptr) return RealTaskSeries(input);
  if (At(*input.real_tasks, {"settings"}) == TaskSettings(input)) return *input.real_tasks;
  return absl::FailedPreconditionError(
      "tasks: the real series given is of other rows or options; compute it again");
}

absl::Status AddSeries(const EvalInput& input, const std::string& series, const EvalRows& rows,
                       const nlohmann::json& real, nlohmann::json* report) {
  for (const Shown& task : kTasks) {
    if (!real.contains(task.name)) continue;
    std::string note;
    STANFLOW_ASSIGN_OR_RETURN(const nlohmann::json points,
                              ReplacingTaskSeries(input, task.name, series, rows, real, &note));
    if (!note.empty()) (*report)["notes"].push_back(note);
    auto& out = (*report)["tasks"][task.name];
    out.insert(out.end(), points.begin(), points.end());
  }
  return absl::OkStatus();
}

absl::Status Measure(const EvalInput& input, nlohmann::json* report) {
  if (input.options.tasks.rows_per_fit == 0) {
    (*report)["notes"].push_back("No tasks: none were asked for.");
    return absl::OkStatus();
  }
  STANFLOW_ASSIGN_OR_RETURN(const nlohmann::json real, RealSeries(input));
  if (real.is_null()) {
    (*report)["notes"].push_back("No tasks: the real rows are too few for five folds.");
    return absl::OkStatus();
  }
  if (input.regressor == nullptr) (*report)["notes"].push_back("Task 2 is left out: there is no regressor.");
  (*report)["tasks"] = real;
  STANFLOW_RETURN_IF_ERROR(AddSeries(input, "synthetic", *input.synthetic, real, report));
  if (input.b1 == nullptr) return absl::OkStatus();
  return AddSeries(input, "b1", *input.b1, real, report);
}

std::string FractionText(double fraction) { return absl::StrFormat("%g", fraction); }

// A series' points in the order of kRealFractions; null where it has none.
std::vector<nlohmann::json> PointsOf(const nlohmann::json& points, const std::string& series) {
  std::vector<nlohmann::json> out(std::size(kRealFractions));
  for (const auto& point : points) {
    if (At(point, {"series"}) != series) continue;
    for (size_t i = 0; i < out.size(); ++i) {
      if (At(point, {"real_fraction"}) == kRealFractions[i]) out[i] = point;
    }
  }
  return out;
}

double Number(const nlohmann::json& value) { return value.is_number() ? value.get<double>() : NAN; }

std::string Chart(const Shown& task, const nlohmann::json& points) {
  LineChartText text = {
      task.title, "share of real rows among those learned from", task.score, {}, task.logarithmic};
  for (double fraction : kRealFractions) text.places.push_back(FractionText(fraction));
  std::vector<LineSeries> series;
  for (const auto& [name, label] : kSeries) {
    LineSeries line = {name, label, {}, {}};
    bool any = false;
    for (const nlohmann::json& point : PointsOf(points, name)) {
      any = any || !point.is_null();
      line.y.push_back(Number(At(point, {"mean"})));
      line.spread.push_back(Number(At(point, {"sd"})));
    }
    if (any) series.push_back(std::move(line));
  }
  return LineChart(text, series);
}

std::string PointTable(const Shown& task, const nlohmann::json& points) {
  HtmlTable table(
      {StrCat(task.score, " at a real share of"), "real, less of it", "rest synthetic", "rest B1"});
  std::vector<std::vector<nlohmann::json>> columns;
  for (const auto& [name, unused] : kSeries) columns.push_back(PointsOf(points, name));
  for (size_t i = 0; i < std::size(kRealFractions); ++i) {
    std::vector<std::string> cells = {FractionText(kRealFractions[i])};
    for (const auto& column : columns) {
      const std::string mean = FormatFixed(At(column[i], {"mean"}), 3);
      cells.push_back(column[i].is_null()
                          ? mean
                          : StrCat(mean, " <small>± ", FormatFixed(At(column[i], {"sd"}), 3), "</small>"));
    }
    table.Row(std::move(cells));
  }
  return table.ToString();
}

std::string Render(const nlohmann::json& report) {
  std::string charts, tables;
  for (const Shown& task : kTasks) {
    const auto& points = At(report, {"tasks", task.name});
    if (!points.is_array()) continue;
    StrAppend(&charts, "<figure id=\"", task.name, "\">", Chart(task, points), "<figcaption><b>", task.title,
              "</b>, ", task.score, "; bars: standard deviation. ",
              FormatCount(At(report, {"tasks", "rows_per_fit", task.name})),
              " rows learned from</figcaption></figure>\n");
    tables += PointTable(task, points);
  }
  if (charts.empty()) return "";
  return StrCat("<div class=\"grid\">", charts, "</div>\n<div class=\"pair\">", tables, "</div>\n");
}

}  // namespace

const Metric kTasksMetric = {
    "Tasks: learned from synthetic rows, tested on real ones",
    "<p>The paper's two tasks. <b>Task 1</b>: from the bytes, packets and protocol class (TCP, UDP, "
    "other; one-hot) of the previous row of the same host and clock hour, the row's protocol class, by a "
    "random forest (OpenCV's: 100 trees, bootstrap samples, all five features tried at a split, Gini, split "
    "until pure or 25 levels deep, the class that most trees answer); macro F1 over the classes that occur "
    "among the "
    "test rows or the answers. More is better. <b>Task 2</b>: from duration in seconds, both ports, "
    "protocol class (0, 1, 2) and ln(bytes + 1) of the five previous rows of the same host and hour, the "
    "row's ln bytes, by a net of 25 inputs, 100 rectified units and one output; mean squared error. Less "
    "is better. Inputs and target are standardised by the training rows' mean and standard deviation; "
    "Adam, rate 0.001, batches of 200; one in ten training rows is kept aside, and the weights with the "
    "least error on those are kept.</p><p>The real rows are cut into five stretches of time of equal "
    "size; each is tested on once (a random sample of it), and learned from are random rows of the other "
    "four, as many as stated. <b>Real, less of it</b>: only the share on the axis of those rows. <b>Rest "
    "synthetic</b>: the others replaced, so that the number stays; the synthetic rows are dealt into five "
    "sets by host (index modulo 5; with fewer hosts by time), and fold k meets set k. <b>Rest B1</b>: the "
    "same "
    "with B1's rows. Mean and standard deviation are over the "
    "fits of a point. At 1 nothing is replaced; at 0 only synthetic rows are learned from.</p>",
    Measure, Render};

}  // namespace stanflow
