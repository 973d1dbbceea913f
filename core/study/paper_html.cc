#include "core/study/paper_html.h"

#include <cmath>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "core/base/strings.h"
#include "core/eval/html.h"
#include "core/eval/report_style.h"
#include "core/eval/running_chart.h"
#include "core/eval/svg_line_chart.h"
#include "core/eval/svg_scatter.h"
#include "core/eval/task_chart.h"

namespace stanflow {
namespace {

struct Named {
  const char* name;
  const char* shown;
};
// In the page's order.
constexpr Named kModels[] = {{"real", "real rows"},
                             {"stan", "STAN, causal preset"},
                             {"stan_paper", "STAN as published"},
                             {"b1", "B1 Gaussian mixture"},
                             {"b2", "B2 Bayesian network"},
                             {"b3", "B3 WP-GAN"},
                             {"b4", "B4 CTGAN"}};
constexpr Named kProcess[] = {{"simulated", "simulated data"},
                              {"b1", "B1"},
                              {"stan_mask_a", "naive STAN, mask A"},
                              {"stan_mask_b", "naive STAN, mask B"}};

// Reach of the process' plots: four deviations of x.
constexpr double kReach = 0.92;

std::string Section(std::string_view title, std::string_view body, std::string_view definition) {
  return StrCat("<section>\n<h2>", title, "</h2>\n", body,
                "<details><summary>How it is computed</summary>\n<p>", definition,
                "</p></details>\n</section>\n");
}

std::string Text(const nlohmann::json& value) {
  return value.is_string() ? EscapeHtml(value.get<std::string>()) : "";
}

// Ours, with its spread if it has one, above the paper's and the difference.
std::string Cell(const nlohmann::json& entry, int decimals) {
  const auto &ours = At(entry, {"ours"}), &paper = At(entry, {"paper"});
  if (!ours.is_number() && !paper.is_number()) return "–";
  std::string out = FormatFixed(ours, decimals);
  for (const char* spread : {"ours_se", "ours_sd"}) {
    if (At(entry, {spread}).is_number())
      StrAppend(&out, " <small>± ", FormatFixed(entry[spread], decimals), "</small>");
  }
  if (!paper.is_number()) return out;
  StrAppend(&out, "<br><small>paper ", FormatFixed(paper, decimals));
  if (ours.is_number())
    StrAppend(&out, "; ", absl::StrFormat("%+.*f", decimals, ours.get<double>() - paper.get<double>()));
  return out + "</small>";
}

// One row a model that the table has.
std::string EntryTable(const nlohmann::json& table, absl::Span<const Named> models,
                       const std::vector<std::string>& columns, int decimals) {
  std::vector<std::string> head = {"model"};
  head.insert(head.end(), columns.begin(), columns.end());
  HtmlTable out(head);
  for (const Named& model : models) {
    const auto& line = At(table, {model.name});
    if (!line.is_object()) continue;
    std::vector<std::string> cells = {model.shown};
    for (const std::string& column : columns) cells.push_back(Cell(At(line, {column}), decimals));
    out.Row(std::move(cells));
  }
  return out.ToString();
}

std::string Table2(const nlohmann::json& paper) {
  return Section("Table 2: domain knowledge tests, rows that pass, percent",
                 EntryTable(At(paper, {"tables", "2"}), kModels, {"T1", "T2", "T3"}, 2),
                 "T1: source or destination lies in the home network. T2: port 80 or 443 means TCP. T3: 42 "
                 "packets ≤ bytes ≤ 65535 packets, of TCP and UDP rows and all others alike. Judge by the "
                 "distance to the real rows' rate, not to 100.");
}

std::string Table3(const nlohmann::json& paper) {
  const auto& table = At(paper, {"tables", "3"});
  std::string body = EntryTable(table, kProcess, {"T1", "T2"}, 4);
  HtmlTable allowed({"what the process allows", "T1", "T2"});
  for (const Named& model : kProcess) {
    allowed.Row({model.shown, FormatFixed(At(table, {model.name, "T1", "floor"}), 4),
                 FormatFixed(At(table, {model.name, "T2", "floor"}), 4)});
  }
  return Section("Table 3: the simulated process, mean squared error", body + allowed.ToString(),
                 "x<sub>i</sub> = 0.9 x<sub>i-1</sub> + 0.1 N, y<sub>i</sub> = 0.9 x<sub>i</sub> + 0.1 N. A "
                 "line is fitted by least squares to a model's 10,000 points and tested on 10,000 simulated "
                 "ones: T1 y from x, T2 x from the x before. Mean and standard deviation over the seeds.");
}

std::string Table4(const nlohmann::json& paper) {
  return Section("Table 4: negative log likelihood, nats",
                 EntryTable(At(paper, {"tables", "4"}), kModels,
                            {"bytes", "packets", "duration", "protocol", "exact_row"}, 3),
                 "200 equal bins over ln bytes [0, 20.129], ln packets [0, 12.83], duration [0, 363] s, "
                 "protocol in three classes; ±: standard error over contexts. exact_row: nats of the whole "
                 "row at its recorded resolution, which the paper has not. The printed values of B1 and B2 "
                 "fit 304 bins, which makes 0.4 to 0.6 nats of the printed distance.");
}

std::string Figure5(const nlohmann::json& paper) {
  const auto& figure = At(paper, {"figures", "5"});
  if (!figure.is_object() || figure.empty()) return "";
  std::vector<std::string> head = {"attribute"};
  std::vector<std::string> names;
  for (const Named& model : kModels) {
    if (!At(figure, {model.name}).is_object()) continue;
    head.push_back(model.shown);
    names.push_back(model.name);
  }
  if (names.empty()) return "";
  head.push_back("floor");
  HtmlTable table(head);
  std::vector<double> sums(names.size() + 1);
  const auto& first = At(figure, {names[0]});
  for (const auto& [attribute, unused] : first.items()) {
    std::vector<std::string> cells = {EscapeHtml(attribute)};
    for (size_t m = 0; m < names.size(); ++m) {
      const auto& value = At(figure, {names[m], attribute, "ours"});
      cells.push_back(FormatFixed(value, 4));
      sums[m] += value.is_number() ? value.get<double>() : NAN;
    }
    const auto& floor = At(first, {attribute, "floor"});
    cells.push_back(FormatFixed(floor, 4));
    sums.back() += floor.is_number() ? floor.get<double>() : NAN;
    table.Row(std::move(cells));
  }
  std::vector<std::string> means = {"mean"};
  for (double sum : sums) means.push_back(FormatFixed(sum / static_cast<double>(first.size()), 4));
  table.Row(std::move(means));
  return Section(
      "Figure 5: Jensen-Shannon divergence an attribute, nats", table.ToString(),
      "304 equal bins with edges shared by both sets, one added to each; the floor is two halves of the real "
      "host-hours. The paper cut each set on its own range and printed bars without numbers. Independent "
      "marginals (B1) may win this figure by construction: it looks at one column at a time.");
}

std::string TaskFigure(const nlohmann::json& figure, const char* relative, const char* score,
                       bool logarithmic, const std::string& title, const std::string& definition) {
  if (!figure.is_object() || figure.empty()) return "";
  const LineChartText text{title, "share of real rows", score, TaskPlaces(), logarithmic};
  const LineSeries real = TaskLine(At(figure, {"real", "points"}), "real", "real, less of it");
  std::string charts;
  HtmlTable table({"model", "all real", "no real row", StrCat(relative, " without real rows")});
  for (const Named& model : kModels) {
    const auto& line = At(figure, {model.name});
    if (!line.is_object() || std::string(model.name) == "real") continue;
    const LineSeries ours = TaskLine(At(line, {"points"}), "synthetic", StrCat("rest ", model.shown));
    StrAppend(&charts, "<figure>", LineChart(text, {real, ours}), "<figcaption>", model.shown,
              "; bars: standard deviation</figcaption></figure>\n");
    table.Row({model.shown, FormatFixed(nlohmann::json(ours.y.front()), 3),
               FormatFixed(nlohmann::json(ours.y.back()), 3), Cell(At(line, {relative}), 3)});
  }
  return Section(title, StrCat(table.ToString(), "<div class=\"grid\">", charts, "</div>\n"), definition);
}

std::string Scatters(const nlohmann::json& figure, const std::string& title, const char* x_axis,
                     const char* y_axis) {
  if (!figure.is_object()) return "";
  std::string charts;
  for (const Named& model : kProcess) {
    const auto& line = At(figure, {model.name});
    if (!line.is_object()) continue;
    std::vector<std::pair<double, double>> points;
    for (const auto& point : At(line, {"points"})) {
      if (point.is_array() && point.size() == 2 && point[0].is_number() && point[1].is_number())
        points.emplace_back(point[0].get<double>(), point[1].get<double>());
    }
    StrAppend(&charts, "<figure>",
              ScatterPlot({StrCat(title, ": ", model.shown), model.shown, x_axis, y_axis}, points, kReach),
              "<figcaption>R ", Cell(At(line, {"r"}), 3), "; the process allows ",
              FormatFixed(At(line, {"r", "floor"}), 3), "</figcaption></figure>\n");
  }
  return Section(title, StrCat("<div class=\"grid\">", charts, "</div>\n"),
                 "The first seed's first 400 points; R is Pearson's correlation over all 10,000, mean and "
                 "standard deviation over the seeds. Figure 4 of the paper shows the same as Figure 9.");
}

std::string Models(const nlohmann::json& paper) {
  HtmlTable table({"model", "version", "preset", "flows judged", "rows scored"});
  for (const Named& model : kModels) {
    const auto& line = At(paper, {"models", model.name});
    if (!line.is_object()) continue;
    table.Row({model.shown, Text(At(line, {"model"})), Text(At(line, {"preset"})),
               FormatCount(At(line, {"rows_synthetic"})), FormatCount(At(line, {"rows_scored"}))});
  }
  return Section("The models", table.ToString(),
                 "Each is trained on the same flows, generates and is judged beside the same real ones that "
                 "none of them saw.");
}

struct Beyond {
  const char* measure;
  const char* shown;
  int decimals;
};
constexpr Beyond kBeyond[] = {{"exact_nats_per_row", "exact nats", 2},
                              {"association", "association", 4},
                              {"autocorrelation_bytes", "autocorr. bytes", 4},
                              {"autocorrelation_time_delta", "autocorr. delta", 4},
                              {"mean_jsd", "mean JSD", 4},
                              {"t3_distance", "T3 distance", 4},
                              {"two_sample_auc", "AUC", 3},
                              {"rows_per_host_hour", "rows an hour", 0}};

std::string BeyondTable(const nlohmann::json& beyond) {
  std::vector<std::string> head = {"model"};
  for (const Beyond& column : kBeyond) head.push_back(column.shown);
  HtmlTable table(head);
  for (const Named& model : kModels) {
    if (!At(beyond, {kBeyond[0].measure, model.name}).is_object()) continue;
    std::vector<std::string> cells = {model.shown};
    for (const Beyond& column : kBeyond) {
      const auto& entry = At(beyond, {column.measure, model.name});
      cells.push_back(StrCat(FormatFixed(At(entry, {"ours"}), column.decimals), "<br><small>floor ",
                             FormatFixed(At(entry, {"floor"}), column.decimals), "</small>"));
    }
    table.Row(std::move(cells));
  }
  return table.ToString();
}

std::string RunningCharts(const nlohmann::json& running) {
  std::string charts;
  for (const Named& model : kModels) {
    for (const RunningFigure& figure : RunningFigures().subspan(0, 2)) {
      charts +=
          RunningChart(At(running, {model.name}), figure, StrCat("running_", model.name, "_", figure.field),
                       StrCat(model.shown, ": ", figure.title));
    }
  }
  return charts.empty() ? "" : StrCat("<div class=\"grid\">\n", charts, "</div>\n");
}

std::string BeyondThePaper(const nlohmann::json& paper) {
  const auto& beyond = At(paper, {"beyond"});
  if (!beyond.is_object()) return "";
  return Section(
      "Beyond the paper", BeyondTable(beyond) + RunningCharts(At(beyond, {"running"})),
      "As defined in docs/measures.md; nats, but for AUC and rows. Less is better, but of rows a host and "
      "hour, where the floor is the real rows' mean. Association: mean absolute difference of the mutual "
      "information of pairs of attributes. Autocorrelation: mean absolute difference over the lags 1 to 20. "
      "AUC: how well boosted trees tell synthetic from real rows; 0.5 is not at all. Independent marginals "
      "(B1) may win the mean JSD by construction: it looks at one column at a time. The charts show each "
      "model run in three ways, by place in the context: one step ahead of real rows, from a real window of "
      "32 rows, from nothing.");
}

}  // namespace

std::string PaperHtml(const nlohmann::json& paper) {
  return StrCat(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>The STAN paper, "
      "reproduced</title>\n<style>",
      kReportStyle,
      "</style>\n</head>\n<body>\n<h1>The STAN paper, reproduced</h1>\n<p class=\"from\">Every table and "
      "figure of Xu, Marwah and Ramakrishnan (2020): ours, the printed number, and the difference. The "
      "printed numbers are of other days and hosts of the same network.</p>\n",
      Models(paper), Table2(paper), Table3(paper), Table4(paper), Figure5(paper),
      TaskFigure(At(paper, {"figures", "6"}), "kept", "macro F1", false,
                 "Figure 6: Task 1, the next flow's protocol",
                 "Random forest, five contiguous folds, fold k with synthetic set k (docs/measures.md, "
                 "Tasks). kept: macro F1 without real rows over that of all real rows."),
      TaskFigure(At(paper, {"figures", "7"}), "growth", "mean squared error", true,
                 "Figure 7: Task 2, the next flow's ln bytes",
                 "A net of 25 inputs and 100 rectified units (docs/measures.md, Tasks). growth: by which "
                 "share the error without real rows is above that of all real rows."),
      Scatters(At(paper, {"figures", "8"}), "Figure 8: x and the x before", "x of the row before", "x"),
      Scatters(At(paper, {"figures", "9"}), "Figures 4 and 9: x and y of a row", "x", "y"),
      BeyondThePaper(paper), "</body>\n</html>\n");
}

}  // namespace stanflow
