#include "core/eval/running_chart.h"

#include <cmath>

#include "core/base/strings.h"
#include "core/eval/html.h"
#include "core/eval/svg_line_chart.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

std::vector<double> Numbers(const nlohmann::json& values) {
  std::vector<double> out;
  for (const auto& value : values) out.push_back(value.is_number() ? value.get<double>() : NAN);
  return out;
}

}  // namespace

absl::Span<const RunningFigure> RunningFigures() {
  static constexpr RunningFigure kFigures[] = {
      {"jsd", "mean divergence from real rows", "JSD, nats", "floor"},
      {"auc", "told from real rows", "AUC", "floor"},
      {"delta_0", "same second as the row before", "share of rows", "real"},
      {"previous_address", "same address as the row before", "share of rows", "real"},
      {"repeated_tuple", "tuple that the context had before", "share of rows", "real"},
      {"one_address_windows", "windows of 200 rows of one address", "share of windows", "real"},
      {"rows_per_host_hour", "rows an hour", "rows a host and hour", "real"}};
  return kFigures;
}

std::vector<std::string> RunningPlaces(const nlohmann::json& running) {
  std::vector<std::string> out;
  for (const auto& band : At(running, {"bands"})) {
    const std::string begin = At(band, {"begin"}).dump();
    out.push_back(At(band, {"end"}).is_number() ? StrCat(begin, "–", At(band, {"end"}).get<int>() - 1)
                                                : StrCat(begin, " on"));
  }
  return out;
}

std::string RunningChart(const nlohmann::json& running, const RunningFigure& figure, std::string_view id,
                         std::string_view caption) {
  std::vector<LineSeries> lines;
  for (const RunningLine& line : kRunningLines) {
    const bool real = &line == kRunningLines;
    lines.push_back({line.name,
                     real ? figure.reference : line.label,
                     Numbers(At(running, {real ? figure.reference : line.name, figure.field})),
                     {}});
  }
  const std::string chart = LineChart(
      {figure.title, "place in the context, rows", figure.axis, RunningPlaces(running), false}, lines);
  if (chart.empty()) return "";
  return StrCat("<figure id=\"", id, "\">", chart, "<figcaption>", caption, "</figcaption></figure>\n");
}

}  // namespace stanflow
