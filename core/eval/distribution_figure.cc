#include "core/eval/distribution_figure.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "core/base/strings.h"
#include "core/eval/html.h"
#include "core/eval/svg_chart.h"
#include "core/flow/protocol.h"
#include "core/flow/tcp_flags.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

constexpr size_t kShownCategories = 7;

std::vector<ChartSeries> SeriesOf(const nlohmann::json& from) {
  std::vector<ChartSeries> out;
  for (const auto& [name, label] : {std::pair{"real", "real"}, {"synthetic", "synthetic"}, {"b1", "B1"}}) {
    if (At(from, {name}).is_array())
      out.push_back({name, label, At(from, {name}).get<std::vector<double>>()});
  }
  return out;
}

// The most frequent real categories, and the sum of the others.
std::string Categories(const ScoredColumn& column, const std::vector<ChartSeries>& all) {
  std::vector<int> order(all[0].shares.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return all[0].shares[a] > all[0].shares[b]; });
  std::vector<std::string> labels;
  std::vector<ChartSeries> shown = all;
  for (ChartSeries& s : shown) s.shares.clear();
  for (size_t k = 0; k < std::min(order.size(), kShownCategories); ++k) {
    labels.push_back(CategoryText(column.name, order[k]));
    for (size_t s = 0; s < all.size(); ++s) shown[s].shares.push_back(all[s].shares[order[k]]);
  }
  if (order.size() > kShownCategories) {
    labels.push_back("others");
    for (ChartSeries& s : shown)
      s.shares.push_back(std::max(0.0, 1 - std::accumulate(s.shares.begin(), s.shares.end(), 0.0)));
  }
  return CategoryChart(column.name, labels, shown);
}

// Where bins are narrower than the distance of two integers, some hold none: each is drawn as
// part of the bin before it.
void MergeHollowBins(std::vector<double>* edges, std::vector<ChartSeries>* series) {
  std::vector<double> kept = {edges->front()};
  std::vector<ChartSeries> merged = *series;
  for (ChartSeries& s : merged) s.shares.clear();
  for (size_t i = 0; i + 1 < edges->size(); ++i) {
    const bool hollow =
        i > 0 && i + 2 < edges->size() && std::ceil((*edges)[i] - 1e-9) >= (*edges)[i + 1] - 1e-9;
    for (size_t s = 0; s < series->size(); ++s) {
      const double share = (*series)[s].shares[i];
      if (hollow)
        merged[s].shares.back() += share;
      else
        merged[s].shares.push_back(share);
    }
    if (hollow)
      kept.back() = (*edges)[i + 1];
    else
      kept.push_back((*edges)[i + 1]);
  }
  *edges = std::move(kept);
  *series = std::move(merged);
}

std::string Bars(const ScoredColumn& column, const nlohmann::json& from, std::vector<ChartSeries> series) {
  auto edges = At(from, {"edges"}).get<std::vector<double>>();
  MergeHollowBins(&edges, &series);
  const Scale axis = column.binning == Binning::kWholeSeconds ? Scale::kLn1p : column.scale;
  return BinChart(column.name, column.unit, axis, edges, series);
}

std::string Jsd(const nlohmann::json& value) { return FormatFixed(value, 4); }

}  // namespace

std::string CategoryText(std::string_view column, int value) {
  if (column == "direction") return value == 0 ? "outgoing" : "incoming";
  if (column == "protocol") return std::string(ProtocolText(static_cast<uint8_t>(value)));
  if (column == "tcp_flags") return FormatTcpFlags(static_cast<uint8_t>(value));
  return std::to_string(value);
}

std::string DistributionFigure(const ScoredColumn& column, const nlohmann::json& report,
                               std::string_view id) {
  const auto& from = At(report, {"distributions", column.name});
  const std::vector<ChartSeries> series = SeriesOf(from);
  if (series.empty()) return "";
  const std::string chart =
      column.binning == Binning::kCategories ? Categories(column, series) : Bars(column, from, series);
  const auto& jsd = At(report, {"jsd", column.name});
  return StrCat("<figure id=\"", id, "\">", chart, "<figcaption><b>", column.name, "</b> JSD ",
                Jsd(At(jsd, {"value"})), ", floor ", Jsd(At(jsd, {"floor"})), ", B1 ", Jsd(At(jsd, {"b1"})),
                "; last quarter ", Jsd(At(jsd, {"last_quarter"})), ", floor ",
                Jsd(At(jsd, {"last_quarter_floor"})), "</figcaption></figure>\n");
}

}  // namespace stanflow
