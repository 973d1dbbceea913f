#include <cmath>

#include "core/base/strings.h"
#include "core/eval/html.h"
#include "core/eval/report.h"
#include "core/eval/report_card.h"
#include "core/eval/report_style.h"
#include "core/eval/weakest.h"

namespace stanflow {
namespace {

std::string Text(const nlohmann::json& value) {
  if (value.is_string()) return EscapeHtml(value.get<std::string>());
  return value.is_null() ? "" : EscapeHtml(value.dump());
}

std::string Card(std::string_view figure, std::string_view label, bool bad = false) {
  return StrCat("<div class=\"card\"><b", bad ? " class=\"bad\"" : "", ">", figure, "</b><span>", label,
                "</span></div>\n");
}

std::string JsdCard(const nlohmann::json& from, std::string_view where) {
  if (!At(from, {"attributes"}).is_number()) return "";
  const int of = from["attributes"].get<int>(), within = from["attributes_within_bound"].get<int>();
  return StrCat(Card(FormatFixed(At(from, {"mean"}), 4),
                     StrCat("mean JSD, ", where, "; floor ", FormatFixed(At(from, {"mean_floor"}), 4))),
                Card(StrCat(within, " of ", of),
                     StrCat("attributes within 0.05 or twice the floor, ", where,
                            "; worst: ", Text(At(from, {"worst_attribute"})), " ",
                            FormatFixed(At(from, {"worst_value"}), 4), ", floor ",
                            FormatFixed(At(from, {"worst_floor"}), 4)),
                     within < of));
}

std::string RuleCard(const nlohmann::json& rules, const char* name) {
  const auto &real = At(rules, {name, "real"}), &synthetic = At(rules, {name, "synthetic"});
  if (!real.is_number() || !synthetic.is_number()) return "";
  const bool bad = std::abs(real.get<double>() - synthetic.get<double>()) > 0.02;
  return Card(FormatPercent(synthetic), StrCat("keep rule ", name, "; real ", FormatPercent(real)), bad);
}

// A measure of one number beside its floor.
std::string FloorCard(const nlohmann::json& from, int decimals, std::string_view label) {
  if (!At(from, {"value"}).is_number()) return "";
  return Card(FormatFixed(At(from, {"value"}), decimals),
              StrCat(label, "; floor ", FormatFixed(At(from, {"floor"}), decimals)));
}

std::string TaskCard(const nlohmann::json& from, std::string_view label) {
  if (!At(from, {"synthetic"}).is_number()) return "";
  return Card(
      FormatFixed(At(from, {"synthetic"}), 3),
      StrCat(label, ", learned from synthetic rows; from real ones ", FormatFixed(At(from, {"real"}), 3)));
}

std::string Summary(const nlohmann::json& report) {
  const auto& summary = At(report, {"summary"});
  std::string out = "<div class=\"cards\">\n";
  if (At(summary, {"exact_nats_per_row"}).is_number()) {
    out += Card(StrCat(FormatFigure(summary["exact_nats_per_row"], 4), " <small>±&nbsp;",
                       FormatFigure(At(report, {"likelihood", "exact_nats_per_row_se"}), 2), "</small>"),
                StrCat("exact nats a row; B1 ", FormatFigure(At(summary, {"exact_nats_per_row_b1"}), 4)));
  }
  StrAppend(&out, JsdCard(At(summary, {"jsd"}), "whole stream"),
            JsdCard(At(summary, {"jsd_last_quarter"}), "last quarter"));
  for (const char* rule : {"T1", "T2", "T3"}) out += RuleCard(At(summary, {"rules"}), rule);
  StrAppend(
      &out,
      FloorCard(At(summary, {"two_sample_auc"}), 3,
                "AUC of a classifier that tells synthetic rows from real ones"),
      FloorCard(At(summary, {"association"}), 4, "nats, mean distance of the pairs' mutual information"),
      TaskCard(At(summary, {"tasks", "task1"}), "macro F1, next protocol"),
      TaskCard(At(summary, {"tasks", "task2"}), "squared error, next ln bytes"));
  return out + "</div>\n";
}

std::string Line(std::string_view name, std::string_view value) {
  return value.empty() ? "" : StrCat("<dt>", name, "</dt><dd>", value, "</dd>\n");
}

std::string Between(const nlohmann::json& span) {
  return StrCat(Text(At(span, {"first_end"})), " to ", Text(At(span, {"last_end"})), ", ",
                FormatCount(At(span, {"hosts"})), " hosts");
}

std::string Provenance(const nlohmann::json& report) {
  return StrCat(
      "<h2>What was compared</h2>\n<dl>\n", Line("model", Text(At(report, {"model"}))),
      Line("preset", Text(At(report, {"preset"}))),
      Line("real rows", StrCat(FormatCount(At(report, {"rows_real"})), " of ", Text(At(report, {"dataset"})),
                               " (", Text(At(report, {"real_split"})), "), ", Between(At(report, {"real"})))),
      Line("its digest", Text(At(report, {"dataset_digest"}))),
      Line("synthetic rows",
           StrCat(FormatCount(At(report, {"rows_synthetic"})), ", ", Text(At(report, {"synthetic_source"})),
                  ", ", Between(At(report, {"synthetic"})))),
      Line("generated with", Text(At(report, {"generate"}))),
      Line("seed of the evaluation", Text(At(report, {"seed"}))),
      Line("program", Text(At(report, {"build"}))), Line("made", Text(At(report, {"created"}))), "</dl>\n");
}

std::string Notes(const nlohmann::json& report) {
  std::string out;
  for (const auto& note : At(report, {"notes"})) StrAppend(&out, "<p class=\"note\">", Text(note), "</p>\n");
  return out;
}

}  // namespace

std::string ReportHtml(const nlohmann::json& report) {
  const std::string model = Text(At(report, {"model"}));
  const std::string subject = model.empty() ? Text(At(report, {"synthetic_source"})) : model;
  std::string out =
      StrCat("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>", subject,
             " against ", Text(At(report, {"dataset"})), "</title>\n<style>", kReportStyle,
             "</style>\n</head>\n<body>\n<h1>", subject, " against ", Text(At(report, {"dataset"})),
             "</h1>\n<p class=\"from\">", FormatCount(At(report, {"rows_synthetic"})),
             " synthetic flows beside ", FormatCount(At(report, {"rows_real"})),
             " real ones that it never saw. Each figure stands beside what real data reaches against real "
             "data (floor) and what independent columns reach (baseline B1).</p>\n");
  StrAppend(&out, Summary(report), Notes(report), RenderWeakest(report));
  for (const Metric* metric : AllMetrics()) {
    const std::string part = metric->render(report);
    if (part.empty()) continue;
    StrAppend(&out, "<section>\n<h2>", metric->title, "</h2>\n", part,
              "<details open><summary>How it is computed</summary>\n", metric->definition,
              "\n</details>\n</section>\n");
  }
  return StrCat(out, RenderSpeed(report), RenderTraining(report), Provenance(report), "</body>\n</html>\n");
}

}  // namespace stanflow
