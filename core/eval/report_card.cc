#include "core/eval/report_card.h"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "core/base/strings.h"
#include "core/eval/html.h"
#include "core/flow/time.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

std::string Line(std::string_view name, const std::string& value) {
  return value.empty() || value == "–" ? "" : StrCat("<dt>", name, "</dt><dd>", value, "</dd>\n");
}

std::string Text(const nlohmann::json& value) {
  if (value.is_string()) return EscapeHtml(value.get<std::string>());
  return value.is_null() ? "" : EscapeHtml(value.dump());
}

std::string Number(const nlohmann::json& value, std::string_view unit) {
  return value.is_number() ? StrCat(FormatFigure(value, 4), unit) : "";
}

// A rate, without its fraction.
std::string Rate(const nlohmann::json& value, std::string_view unit) {
  return value.is_number() ? StrCat(FormatCount(std::llround(value.get<double>())), unit) : "";
}

std::string Count(const nlohmann::json& value) { return value.is_number() ? FormatCount(value) : ""; }

std::string Options(const nlohmann::json& options) {
  std::string out;
  for (const auto& [name, value] : options.items())
    StrAppend(&out, out.empty() ? "" : ", ", EscapeHtml(name), " ", Text(value));
  return out;
}

// First and last point of a training curve for each of its parts: a net an attribute, or the one model.
std::string Curve(const nlohmann::json& curve) {
  if (!curve.is_array() || curve.empty()) return "";
  std::vector<std::string> fields;
  for (const auto& [field, value] : curve.front().items()) {
    if (value.is_number() && field != "epoch") fields.push_back(field);
  }
  std::vector<std::pair<std::string, std::pair<nlohmann::json, nlohmann::json>>> parts;
  for (const auto& point : curve) {
    const std::string part = At(point, {"attribute"}).is_string() ? point["attribute"] : "model";
    if (parts.empty() || parts.back().first != part) parts.push_back({part, {point, point}});
    parts.back().second.second = point;
  }
  std::vector<std::string> head = {"training, first point → last", "epochs"};
  for (std::string field : fields) {
    for (char& c : field) c = c == '_' ? ' ' : c;
    head.push_back(std::move(field));
  }
  HtmlTable table(std::move(head));
  for (const auto& [part, ends] : parts) {
    std::vector<std::string> cells = {EscapeHtml(part), FormatFigure(At(ends.second, {"epoch"}), 3)};
    for (const std::string& field : fields) {
      cells.push_back(
          StrCat(FormatFigure(At(ends.first, {field}), 4), " → ", FormatFigure(At(ends.second, {field}), 4)));
    }
    table.Row(std::move(cells));
  }
  return table.ToString();
}

}  // namespace

std::string RenderTraining(const nlohmann::json& report) {
  const auto& from = At(report, {"training"});
  if (!from.is_object()) return "";
  return StrCat(
      "<section>\n<h2>What it was trained on</h2>\n<dl>\n", Line("preset", Text(At(from, {"preset"}))),
      Line("dataset", StrCat(Text(At(from, {"dataset"})), ", ", Count(At(from, {"hosts"})), " hosts")),
      Line("its digest", Text(At(from, {"dataset_digest"}))), Line("held out", Text(At(from, {"holdout"}))),
      Line("training rows", Count(At(from, {"training_rows"}))),
      Line("parameters", Count(At(from, {"parameters"}))), Line("seed", Text(At(from, {"seed"}))),
      Line("options", Options(At(from, {"options"}))),
      Line("trained for", Number(At(from, {"figures", "trained_seconds"}), " s")),
      Line("validation", Number(At(from, {"validation_nats"}), " nats a row")),
      Line("made", At(from, {"created_ms"}).is_number() ? FormatUtc(from["created_ms"].get<int64_t>()) : ""),
      "</dl>\n", Curve(At(from, {"curve"})), "</section>\n");
}

std::string RenderSpeed(const nlohmann::json& report) {
  const auto& from = At(report, {"speed"});
  if (!from.is_object()) return "";
  return StrCat(
      "<section>\n<h2>How fast it is</h2>\n<dl>\n",
      Line("one stream", Rate(At(from, {"flows_per_second"}), " flows a second")),
      Line("scored", Rate(At(from, {"scored_rows_per_second"}), " rows a second")),
      Line("trained", Rate(At(report, {"training", "figures", "rows_per_second"}), " rows a second")),
      Line("on", StrCat(Text(At(from, {"device"})), ", ", Text(At(from, {"instruction_set"})), ", ",
                        Count(At(from, {"threads"})), " threads")),
      "</dl>\n<p class=\"note\">Generating and scoring as measured in this evaluation, which shares the "
      "machine with whatever runs beside it; training as its own job measured it.</p>\n"
      "</section>\n");
}

}  // namespace stanflow
