#include <utility>

#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/eval/html.h"
#include "core/eval/metric.h"
#include "core/eval/svg_line_chart.h"
#include "core/eval/task_chart.h"
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
  const double share = real.contains(kTasks[1].name) ? 0.5 : 1;  // of the work, each task
  for (const Shown& task : kTasks) {
    if (!real.contains(task.name)) continue;
    const double begin = &task == kTasks ? 0 : share;
    STANFLOW_ASSIGN_OR_RETURN(
        const ReplacingSeries replacing,
        ReplacingTaskSeries(PartOf(input, begin, begin + share), task.name, series, rows, real));
    if (!replacing.note.empty()) {
      (*report)["notes"].push_back(replacing.note);
      continue;
    }
    auto& out = (*report)["tasks"];
    out[task.name].insert(out[task.name].end(), replacing.points.begin(), replacing.points.end());
    out["sets"][task.name][series] = replacing.sets;
  }
  return absl::OkStatus();
}

absl::Status Measure(const EvalInput& input, nlohmann::json* report) {
  if (input.options.tasks.rows_per_fit == 0) {
    (*report)["notes"].push_back("No tasks: none were asked for.");
    return absl::OkStatus();
  }
  // Series that are fitted here, one after another.
  const int parts = (input.real_tasks == nullptr ? 1 : 0) + 1 + (input.b1 == nullptr ? 0 : 1);
  int part = 0;
  const auto next = [&] {
    ++part;
    return PartOf(input, (part - 1.0) / parts, 1.0 * part / parts);
  };
  STANFLOW_ASSIGN_OR_RETURN(const nlohmann::json real,
                            RealSeries(input.real_tasks == nullptr ? next() : input));
  if (real.is_null()) {
    (*report)["notes"].push_back("No tasks: the real rows are too few for five folds.");
    return absl::OkStatus();
  }
  if (input.regressor == nullptr) (*report)["notes"].push_back("Task 2 is left out: there is no regressor.");
  (*report)["tasks"] = real;
  (*report)["tasks"].erase("sets");  // a series taken out of another model's report brings that one's
  STANFLOW_RETURN_IF_ERROR(AddSeries(next(), "synthetic", *input.synthetic, real, report));
  if (input.b1 == nullptr) return absl::OkStatus();
  return AddSeries(next(), "b1", *input.b1, real, report);
}

// The points of one series.
nlohmann::json PointsOf(const nlohmann::json& points, const char* series) {
  nlohmann::json out = nlohmann::json::array();
  for (const auto& point : points) {
    if (At(point, {"series"}) == series) out.push_back(point);
  }
  return out;
}

std::string Chart(const Shown& task, const nlohmann::json& points) {
  const LineChartText text = {task.title, "share of real rows among those learned from", task.score,
                              TaskPlaces(), task.logarithmic};
  std::vector<LineSeries> lines;
  for (const auto& [name, label] : kSeries) {
    const nlohmann::json of_series = PointsOf(points, name);
    if (!of_series.empty()) lines.push_back(TaskLine(of_series, name, label));
  }
  return LineChart(text, lines);
}

std::string PointTable(const Shown& task, const nlohmann::json& points) {
  HtmlTable table(
      {StrCat(task.score, " at a real share of"), "real, less of it", "rest synthetic", "rest B1"});
  std::vector<std::vector<nlohmann::json>> columns;
  for (const auto& [name, unused] : kSeries) columns.push_back(TaskPoints(PointsOf(points, name)));
  const std::vector<std::string> places = TaskPlaces();
  for (size_t i = 0; i < places.size(); ++i) {
    std::vector<std::string> cells = {places[i]};
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

// What the rows that replace real ones were: a smaller set than a fit takes gave rows again.
std::string SetsNote(const Shown& task, const nlohmann::json& tasks) {
  std::string out;
  for (const auto& [name, label] : kSeries) {
    const auto& sets = At(tasks, {"sets", task.name, name});
    if (!sets.is_object()) continue;
    StrAppend(&out, out.empty() ? "" : "; ", label, ": ", FormatCount(At(sets, {"rows_available"})),
              " rows in the smallest of five sets, dealt by ",
              EscapeHtml(At(sets, {"dealt_by"}).get<std::string>()));
  }
  return out.empty() ? "" : StrCat("<p class=\"note\">", task.title, ". ", out, ".</p>\n");
}

std::string Render(const nlohmann::json& report) {
  std::string charts, tables, notes;
  for (const Shown& task : kTasks) {
    const auto& points = At(report, {"tasks", task.name});
    if (!points.is_array()) continue;
    StrAppend(&charts, "<figure id=\"", task.name, "\">", Chart(task, points), "<figcaption><b>", task.title,
              "</b>, ", task.score, "; bars: standard deviation. ",
              FormatCount(At(report, {"tasks", "rows_per_fit", task.name})),
              " rows learned from</figcaption></figure>\n");
    tables += PointTable(task, points);
    notes += SetsNote(task, At(report, {"tasks"}));
  }
  if (charts.empty()) return "";
  return StrCat("<div class=\"grid\">", charts, "</div>\n<div class=\"pair\">", tables, "</div>\n", notes);
}

}  // namespace

const Metric kTasksMetric = {
    "Tasks: learned from synthetic rows, tested on real ones",
    "<p>The paper's two tasks. <b>Task 1</b>: from the bytes, packets and protocol class (TCP, UDP, other; "
    "one-hot) of the previous row of the same host and clock hour, the row's protocol class, by a random "
    "forest (OpenCV's: 100 trees, bootstrap samples, all five features tried at a split, Gini, split until "
    "pure or 25 levels deep, the class that most trees answer); macro F1 over the classes that occur among "
    "the test rows or the answers. More is better. <b>Task 2</b>: from duration in seconds, both ports, "
    "protocol class (0, 1, 2) and ln(bytes + 1) of the five previous rows of the same host and hour, the "
    "row's ln bytes, by a net of 25 inputs, 100 rectified units and one output; mean squared error. Less is "
    "better. Inputs and target are standardised by the training rows' mean and standard deviation; Adam, "
    "rate 0.001, batches of 200; one in ten training rows is kept aside, and the weights with the least "
    "error on those are kept.</p><p>The real rows are cut into five stretches of time of equal size; each is "
    "tested on once (a random sample of it), and learned from are random rows of the other four, as many as "
    "stated. <b>Real, less of it</b>: only the share on the axis of those rows. <b>Rest synthetic</b>: the "
    "others replaced, so that the number stays; the synthetic rows are dealt into five sets by host (index "
    "modulo 5; with fewer hosts by time), and fold k meets set k; a set of fewer rows than a fit takes gives "
    "some more than once. <b>Rest B1</b>: the same with B1's rows. Mean and standard deviation are over the "
    "fits of a point. At 1 nothing is replaced; at 0 only synthetic rows are learned from.</p>",
    Measure, Render, 20};

}  // namespace stanflow
