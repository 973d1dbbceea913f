#include <algorithm>
#include <numeric>

#include "core/eval/clock_hours.h"
#include "core/eval/distribution_figure.h"
#include "core/eval/html.h"
#include "core/eval/metric.h"
#include "core/eval/sampling.h"
#include "core/eval/scored_column.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

std::vector<double> Shares(const ScoredColumn& column, const Bins& bins, const EvalRows& rows,
                           const HourShares& target) {
  const std::vector<uint32_t> all = AllOf(rows.size());
  const HourMatch match = MatchHours(target, CountHours(rows, all));
  std::vector<double> weights(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) weights[i] = match.row_weight[rows.ClockHour(i)];
  std::vector<double> out = BinWeights(column, bins, rows, all, weights);
  const double sum = std::max(std::accumulate(out.begin(), out.end(), 0.0), 1e-300);
  for (double& share : out) share /= sum;
  return out;
}

absl::Status Measure(const EvalInput& input, nlohmann::json* report) {
  const HourShares hours = CountHours(*input.synthetic, AllOf(input.synthetic->size()));
  for (const ScoredColumn& column : ScoredColumns()) {
    const Bins bins(column, *input.real);
    nlohmann::json out = {{"unit", column.unit},
                          {"real", Shares(column, bins, *input.real, hours)},
                          {"synthetic", Shares(column, bins, *input.synthetic, hours)}};
    if (input.b1 != nullptr) out["b1"] = Shares(column, bins, *input.b1, hours);
    if (column.binning != Binning::kCategories) {
      for (int i = 0; i <= bins.count(); ++i) out["edges"].push_back(bins.Edge(i));
    }
    (*report)["distributions"][std::string(column.name)] = std::move(out);
  }
  return absl::OkStatus();
}

std::string Render(const nlohmann::json& report) {
  if (!At(report, {"distributions"}).is_object()) return "";
  std::string out = "<div class=\"grid\">\n";
  for (const ScoredColumn& column : ScoredColumns())
    out += DistributionFigure(column, report, std::string(column.name));
  return out + "</div>\n";
}

}  // namespace

const Metric kDistributionsMetric = {
    "Every attribute's distribution",
    "<p>Share of rows in each bin, over all rows of each set; real and B1's rows weighted to the synthetic "
    "rows' clock hours. The bins are those of the divergence above, those without a whole number drawn as "
    "part of the one before; the shares' axis is logarithmic from 0.001 % on, and what is rarer lies on its "
    "lower end. Bars: the most frequent real categories, on a linear axis. Filled: real; line: synthetic; "
    "dashed: B1.</p>",
    Measure, Render};

}  // namespace stanflow
