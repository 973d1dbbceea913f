#include <algorithm>
#include <cmath>

#include "core/eval/host_hours.h"
#include "core/eval/html.h"
#include "core/eval/metric.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

constexpr struct {
  const char* name;
  double share;
} kQuantiles[] = {{"p5", 0.05}, {"p25", 0.25}, {"p50", 0.5}, {"p75", 0.75}, {"p95", 0.95}};

// Value at rank ceil(share * n), 1 is the smallest.
double Quantile(const std::vector<double>& sorted, double share) {
  const auto rank = static_cast<size_t>(std::ceil(share * sorted.size()));
  return sorted[std::max<size_t>(rank, 1) - 1];
}

// Host-hours with at least one row. `whole_hours_only` leaves out the set's last hour: a stream
// that ends after a number of rows ends within it.
nlohmann::json Summary(const EvalRows& rows, bool whole_hours_only) {
  const HostHours units = HostHoursOf(rows);
  const int64_t last = rows.HourNumber(rows.size() - 1);
  std::vector<double> counts;
  for (const auto& unit : units.units) {
    if (!whole_hours_only || unit.hour_number < last) counts.push_back(unit.rows);
  }
  nlohmann::json out = {{"host_hours", counts.size()}, {"hosts", rows.hosts}};
  if (counts.empty()) return out;
  std::sort(counts.begin(), counts.end());
  double sum = 0, squares = 0;
  for (double c : counts) sum += c;
  const double mean = sum / counts.size();
  for (double c : counts) squares += (c - mean) * (c - mean);
  out["mean"] = mean;
  if (counts.size() > 1) out["mean_se"] = std::sqrt(squares / (counts.size() - 1.0) / counts.size());
  for (const auto& q : kQuantiles) out[q.name] = Quantile(counts, q.share);
  return out;
}

absl::Status Measure(const EvalInput& input, nlohmann::json* report) {
  auto& out = (*report)["rows_per_host_hour"];
  out["real"] = Summary(*input.real, false);
  out["synthetic"] = Summary(*input.synthetic, true);
  if (input.b1 != nullptr) out["b1"] = Summary(*input.b1, true);
  return absl::OkStatus();
}

std::string Render(const nlohmann::json& report) {
  if (!At(report, {"rows_per_host_hour"}).is_object()) return "";
  HtmlTable table({"set", "mean", "± ", "5 %", "25 %", "50 %", "75 %", "95 %", "host-hours", "hosts"});
  for (const auto& [name, label] : {std::pair{"real", "real"}, {"synthetic", "synthetic"}, {"b1", "B1"}}) {
    const auto& from = At(report, {"rows_per_host_hour", name});
    if (!from.is_object()) continue;
    std::vector<std::string> cells = {label, FormatFigure(At(from, {"mean"}), 4),
                                      FormatFigure(At(from, {"mean_se"}), 2)};
    for (const auto& q : kQuantiles) cells.push_back(FormatCount(At(from, {q.name})));
    cells.push_back(FormatCount(At(from, {"host_hours"})));
    cells.push_back(FormatCount(At(from, {"hosts"})));
    table.Row(std::move(cells));
  }
  return table.ToString();
}

}  // namespace

const Metric kHostHoursMetric = {
    "Flows per host and hour",
    "<p>Rows of one host within one hour of the clock, over the host-hours that have at least one; "
    "unweighted. The synthetic stream's last hour is left out, since the stream ends within it. Quantile q "
    "of n values: the one of rank ⌈q·n⌉. ±: standard error of the mean, host-hours taken as independent.</p>",
    Measure, Render};

}  // namespace stanflow
