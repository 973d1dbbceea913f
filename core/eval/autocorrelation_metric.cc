#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/status/statusor.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/eval/autocorrelation.h"
#include "core/eval/comparison.h"
#include "core/eval/html.h"
#include "core/eval/metric.h"
#include "core/eval/scored_column.h"
#include "core/eval/svg_line_chart.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

constexpr uint32_t kPurpose = 51;  // to 54
constexpr int kLags = 20;

struct Variable {
  const char* name;
  const char* title;
  // The first row of a host-hour has no time delta.
  bool lacks_first;
  float (*value)(const EvalRows& rows, size_t i);
};

constexpr Variable kVariables[] = {
    {"bytes", "ln bytes", false,
     [](const EvalRows& r, size_t i) { return static_cast<float>(OnScale(Scale::kLn, r.bytes[i])); }},
    {"time_delta", "time delta, s", true,
     [](const EvalRows& r, size_t i) { return static_cast<float>(r.time_delta_s[i]); }},
};

// One set's values of one variable, host-hour after host-hour.
struct Values {
  HostHourOrder order;
  std::vector<float> values;

  Values(const EvalRows& of, const Variable& variable) : order(OrderByHostHour(HostHoursOf(of))) {
    for (uint32_t i : order.rows) values.push_back(variable.value(of, i));
  }
  // The end of the host-hour that begins at `start`.
  size_t EndOf(size_t start) const {
    size_t end = start + 1;
    while (end < order.place.size() && order.place[end] > 0) ++end;
    return end;
  }
};

// The host-hours of `side` in random order, until they have `rows` rows or there are no more.
std::vector<WeightedRun> DrawRuns(const Values& from, const Side& side, size_t rows, bool lacks_first,
                                  const ChoiceKey& key) {
  std::vector<uint8_t> eligible(from.order.rows.size());
  for (uint32_t i : side.pool) eligible[i] = 1;
  std::vector<uint32_t> starts;
  for (uint32_t p = 0; p < from.order.rows.size(); ++p) {
    if (from.order.place[p] == 0 && eligible[from.order.rows[p]]) starts.push_back(p);
  }
  std::vector<WeightedRun> out;
  size_t drawn = 0;
  const size_t all = starts.size();
  for (uint32_t start : Choose(std::move(starts), all, key)) {
    if (drawn >= rows) break;
    const size_t end = from.EndOf(start), begin = start + (lacks_first ? 1 : 0);
    drawn += end - start;
    if (begin == end) continue;
    const int hour = side.rows->ClockHour(from.order.rows[start]);
    out.push_back({{from.values.data() + begin, end - begin}, side.row_weight[hour]});
  }
  return out;
}

using PerLag = std::vector<double>;

// Mean of what is a number; NaN of nothing.
double Mean(const std::vector<double>& values) {
  double sum = 0;
  int count = 0;
  for (double v : values) {
    if (!std::isfinite(v)) continue;
    sum += v;
    ++count;
  }
  return count > 0 ? sum / count : NAN;
}

PerLag Distances(const PerLag& a, const PerLag& b) {
  PerLag out;
  for (size_t k = 0; k < a.size(); ++k) out.push_back(std::abs(a[k] - b[k]));
  return out;
}

// What the draws of one comparison found.
struct Found {
  std::vector<PerLag> a, b, distances;  // one a draw

  void Add(PerLag of_a, PerLag of_b) {
    distances.push_back(Distances(of_a, of_b));
    a.push_back(std::move(of_a));
    b.push_back(std::move(of_b));
  }
  static nlohmann::json ByLag(const std::vector<PerLag>& draws) {
    nlohmann::json out = nlohmann::json::array();
    for (int k = 0; k < kLags; ++k) {
      std::vector<double> values;
      for (const PerLag& r : draws) values.push_back(r[k]);
      out.push_back(FiniteOrNull(Mean(values)));
    }
    return out;
  }
  // Over the lags; one a draw.
  std::vector<double> Means() const {
    std::vector<double> out;
    for (const PerLag& d : distances) out.push_back(Mean(d));
    return out;
  }
};

absl::StatusOr<nlohmann::json> MeasureVariable(const EvalInput& input, const Variable& variable,
                                               const Comparisons& sides, size_t rows) {
  const Values real(*input.real, variable), synthetic(*input.synthetic, variable);
  std::vector<Values> b1;
  if (input.b1 != nullptr) b1.emplace_back(*input.b1, variable);
  ByCompared<Found> found;
  const auto lags = [&](const Values& from, const Side& side, const ChoiceKey& key) {
    return Autocorrelation(DrawRuns(from, side, rows, variable.lacks_first, key), kLags);
  };
  STANFLOW_RETURN_IF_ERROR(
      ForEachDraw(input, sides, input.options.jsd_repeats, kPurpose, [&](const ComparedDraw& draw) {
        const Values& judged = draw.which == Compared::kSynthetic ? synthetic
                               : draw.which == Compared::kB1      ? b1[0]
                                                                  : real;
        found[draw.which].Add(lags(judged, draw.sides.a, draw.a), lags(real, draw.sides.b, draw.b));
      }));
  nlohmann::json out;
  AddSummary({found.synthetic.Means(), found.halves.Means(), found.b1.Means()}, {}, &out);
  out["lags"] = {{"real", Found::ByLag(found.synthetic.b)}, {"synthetic", Found::ByLag(found.synthetic.a)}};
  if (!found.halves.a.empty()) out["lags"]["floor"] = Found::ByLag(found.halves.distances);
  if (!found.b1.a.empty()) out["lags"]["b1"] = Found::ByLag(found.b1.a);
  return out;
}

absl::Status Measure(const EvalInput& input, nlohmann::json* report) {
  const Pools pools = {AllOf(input.real->size()), AllOf(input.synthetic->size()),
                       input.b1 == nullptr ? std::vector<uint32_t>() : AllOf(input.b1->size())};
  const Comparisons sides = Compare(input, HostHoursOf(*input.real), pools, input.options.jsd_repeats);
  const size_t rows = std::min(input.options.autocorrelation_rows, sides.SmallestPool());
  auto& out = (*report)["autocorrelation"];
  for (const Variable& variable : kVariables) {
    STANFLOW_ASSIGN_OR_RETURN(out[variable.name], MeasureVariable(input, variable, sides, rows));
  }
  out["settings"] = {{"rows_per_side", rows}, {"repeats", input.options.jsd_repeats}, {"lags", kLags}};
  return absl::OkStatus();
}

std::vector<double> Numbers(const nlohmann::json& from) {
  std::vector<double> out;
  for (const auto& x : from) out.push_back(x.is_number() ? x.get<double>() : NAN);
  return out;
}

std::string Chart(const Variable& variable, const nlohmann::json& from) {
  LineChartText text = {StrCat("autocorrelation of ", variable.title),
                        "lag, rows of the same host and hour",
                        "correlation",
                        {}};
  for (int k = 1; k <= kLags; ++k) text.places.push_back(k == 1 || k % 5 == 0 ? std::to_string(k) : "");
  std::vector<LineSeries> series;
  for (const auto& [name, label] :
       {std::pair{"real", "real (bars: floor)"}, {"synthetic", "synthetic"}, {"b1", "B1"}}) {
    const auto& lags = At(from, {"lags", name});
    if (lags.is_array()) series.push_back({name, label, Numbers(lags), {}});
  }
  if (!series.empty()) series[0].spread = Numbers(At(from, {"lags", "floor"}));
  return LineChart(text, series);
}

std::string Render(const nlohmann::json& report) {
  const auto& from = At(report, {"autocorrelation"});
  if (!from.is_object()) return "";
  HtmlTable table({"mean distance from real over lags 1 to 20", "synthetic", "floor", "B1"});
  std::string charts;
  for (const Variable& variable : kVariables) {
    const auto& line = At(from, {variable.name});
    table.Row({variable.title, FormatFixed(At(line, {"value"}), 4), FormatFixed(At(line, {"floor"}), 4),
               FormatFixed(At(line, {"b1"}), 4)});
    StrAppend(&charts, "<figure id=\"autocorrelation_", variable.name, "\">", Chart(variable, line),
              "<figcaption>Autocorrelation of <b>", variable.title, "</b></figcaption></figure>\n");
  }
  return StrCat(table.ToString(), "<p class=\"note\">Every comparison: whole host-hours of at least ",
                FormatCount(At(from, {"settings", "rows_per_side"})), " rows a side, mean of ",
                FormatCount(At(from, {"settings", "repeats"})), " draws.</p><div class=\"grid\">", charts,
                "</div>\n");
}

}  // namespace

const Metric kAutocorrelationMetric = {
    "Autocorrelation",
    "<p>Pearson's correlation of ln bytes (zero bytes count as one), and of the time delta in seconds, with "
    "the value 1 to 20 rows later of the same host within the same clock hour (UTC), over all such pairs; "
    "the first row of a host and hour has no time delta. Pairs cross neither hosts nor hours in any set. "
    "Each pair has the weight of its clock hour: real rows are weighted to the synthetic rows' hours as for "
    "the divergence.</p><p>A side is a random choice of whole host-hours, taken until it has the number of "
    "rows stated above; that number is one for all comparisons. The distance is the mean over the lags of "
    "the absolute difference. <b>Floor</b>: the same between two random disjoint halves of the real "
    "host-hours; the bars show it at each lag. Figures are means over the draws.</p>",
    Measure, Render};

}  // namespace stanflow
