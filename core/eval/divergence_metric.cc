#include <algorithm>

#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/eval/comparison.h"
#include "core/eval/divergence.h"
#include "core/eval/host_hours.h"
#include "core/eval/html.h"
#include "core/eval/metric.h"
#include "core/eval/sampling.h"
#include "core/eval/scored_column.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

constexpr uint32_t kPurpose = 31;  // to 34

using PerColumn = std::vector<double>;

PerColumn Divergences(const ComparedDraw& draw, const std::vector<Bins>& bins, size_t count) {
  const Side &side_a = draw.sides.a, &side_b = draw.sides.b;
  const Sample a = Draw(side_a, count, draw.a), b = Draw(side_b, count, draw.b);
  PerColumn out;
  for (size_t c = 0; c < bins.size(); ++c) {
    const ScoredColumn& column = ScoredColumns()[c];
    out.push_back(JensenShannon(BinWeights(column, bins[c], *side_a.rows, a.rows, a.weights),
                                BinWeights(column, bins[c], *side_b.rows, b.rows, b.weights)));
  }
  return out;
}

// The whole stream, or its last quarter beside real rows of that quarter's clock hours.
Comparisons MakeWindow(const EvalInput& input, const HostHours& units, bool last_quarter) {
  const auto rows_of = [last_quarter](const EvalRows* rows) {
    std::vector<uint32_t> out;
    if (rows == nullptr) return out;
    for (size_t i = last_quarter ? rows->LastQuarterBegin() : 0; i < rows->size(); ++i)
      out.push_back(static_cast<uint32_t>(i));
    return out;
  };
  const Pools pools = {AllOf(input.real->size()), rows_of(input.synthetic), rows_of(input.b1)};
  return Compare(input, units, pools, input.options.jsd_repeats);
}

absl::Status AddWindow(const EvalInput& input, const Comparisons& window, const std::vector<Bins>& bins,
                       size_t rows, const SummaryFields& fields, nlohmann::json* jsd) {
  std::vector<ByCompared<std::vector<double>>> found(bins.size());  // by column
  STANFLOW_RETURN_IF_ERROR(
      ForEachDraw(input, window, input.options.jsd_repeats, kPurpose, [&](const ComparedDraw& draw) {
        const PerColumn divergences = Divergences(draw, bins, rows);
        for (size_t c = 0; c < bins.size(); ++c) found[c][draw.which].push_back(divergences[c]);
      }));
  for (size_t c = 0; c < bins.size(); ++c)
    AddSummary(found[c], fields, &(*jsd)[std::string(ScoredColumns()[c].name)]);
  return absl::OkStatus();
}

absl::Status Measure(const EvalInput& input, nlohmann::json* report) {
  std::vector<Bins> bins;
  for (const ScoredColumn& column : ScoredColumns()) bins.emplace_back(column, *input.real);
  const HostHours units = HostHoursOf(*input.real);
  const Comparisons whole = MakeWindow(input, units, false), last = MakeWindow(input, units, true);
  const size_t rows = std::min({input.options.jsd_rows, whole.SmallestPool(), last.SmallestPool()});
  auto& jsd = (*report)["jsd"] = nlohmann::json::object();
  STANFLOW_RETURN_IF_ERROR(AddWindow(input, whole, bins, rows, {}, &jsd));
  STANFLOW_RETURN_IF_ERROR(
      AddWindow(input, last, bins, rows, {"last_quarter", "last_quarter_floor", "b1_last_quarter"}, &jsd));
  (*report)["jsd_settings"] = {{"rows_per_side", rows},
                               {"repeats", input.options.jsd_repeats},
                               {"equal_bins", kEqualBins},
                               {"added_per_bin", 1},
                               {"real_host_hours", units.units.size()},
                               {"borrowed_hours_share", whole.borrowed},
                               {"borrowed_hours_share_last_quarter", last.borrowed}};
  return absl::OkStatus();
}

std::string Jsd(const nlohmann::json& value) { return FormatFixed(value, 4); }

// The bound that a good model keeps: 0.05, or twice the floor where that is more.
std::string Verdict(const nlohmann::json& value, const nlohmann::json& floor) {
  if (!value.is_number()) return "";
  const double bound = JsdBound(floor.is_number() ? floor.get<double>() : 0);
  return value.get<double>() <= bound ? "" : " class=\"bad\"";
}

std::string Cell(const nlohmann::json& value, const nlohmann::json& floor) {
  return StrCat("<span", Verdict(value, floor), ">", Jsd(value), "</span>");
}

std::string Render(const nlohmann::json& report) {
  const auto& jsd = At(report, {"jsd"});
  if (!jsd.is_object()) return "";
  HtmlTable table({"attribute", "whole stream", "floor", "B1", "last quarter", "floor", "B1"});
  for (const ScoredColumn& column : ScoredColumns()) {
    const auto& line = At(jsd, {column.name});
    const auto &value = At(line, {"value"}), &floor = At(line, {"floor"}), &last = At(line, {"last_quarter"}),
               &last_floor = At(line, {"last_quarter_floor"});
    table.Row({std::string(column.name), Cell(value, floor), Jsd(floor), Jsd(At(line, {"b1"})),
               Cell(last, last_floor), Jsd(last_floor), Jsd(At(line, {"b1_last_quarter"}))});
  }
  const auto& settings = At(report, {"jsd_settings"});
  return StrCat(table.ToString(),
                "<p class=\"note\">Every comparison: ", FormatCount(At(settings, {"rows_per_side"})),
                " rows a side, mean of ", FormatCount(At(settings, {"repeats"})), " draws; ",
                FormatCount(At(settings, {"real_host_hours"})),
                " real host-hours. Share of the stream whose clock hour the real set lacks: ",
                FormatPercent(At(settings, {"borrowed_hours_share"}), 1), ", in the last quarter ",
                FormatPercent(At(settings, {"borrowed_hours_share_last_quarter"}), 1),
                ". <span class=\"bad\">Marked</span>: above 0.05 and above twice the floor.</p>\n");
}

}  // namespace

const Metric kDivergenceMetric = {
    "Distributions: Jensen-Shannon divergence",
    "<p>JSD(P, Q) = ½ Σ p ln(p/m) + ½ Σ q ln(q/m), m = (p + q)/2, in nats: 0 for equal, ln 2 = 0.693 for "
    "disjoint distributions. One is added to every bin's count on both sides. Both sides have the same bins, "
    "cut on the real set, the outer two open: 304 equal ones from its smallest to its largest value of each "
    "port and octet, of ln bytes, ln packets and ln(1 + duration in ms); 304 of one second from 0 on for the "
    "time delta; each value its own bin for direction (2), protocol, TCP flags and ToS (256). A row that is "
    "its host's first in an hour has no time delta.</p>"
    "<p>Each side is a random subsample, without replacement, of the size stated above; real rows are "
    "weighted so that their clock hours (UTC) have the synthetic rows' shares, scaled to the same sum. An "
    "hour that the real set lacks gives its share to the nearest hours that it has, half each to two equally "
    "near. <b>Floor</b>: the same between two random disjoint halves of the real host-hours, both weighted "
    "so. <b>Last quarter</b>: the last quarter of the synthetic rows in order of end time, against real rows "
    "of its clock hours. Values and floors are means over the draws.</p>",
    Measure, Render};

}  // namespace stanflow
