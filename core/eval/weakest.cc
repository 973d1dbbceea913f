#include "core/eval/weakest.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "core/base/strings.h"
#include "core/eval/association.h"
#include "core/eval/comparison.h"
#include "core/eval/distribution_figure.h"
#include "core/eval/divergence.h"
#include "core/eval/html.h"
#include "core/eval/scored_column.h"
#include "core/eval/svg_heat_map.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

constexpr size_t kShown = 3;

using Table = std::vector<std::vector<double>>;

const ScoredColumn* FindColumn(const std::string& name) {
  for (const ScoredColumn& column : ScoredColumns()) {
    if (column.name == name) return &column;
  }
  return nullptr;
}

std::vector<std::string> WorstAttributes(const nlohmann::json& jsd) {
  std::vector<std::pair<double, std::string>> ranked;
  for (const auto& [name, line] : jsd.items()) {
    if (!At(line, {"value"}).is_number()) continue;
    const double floor = At(line, {"floor"}).is_number() ? line["floor"].get<double>() : 0;
    ranked.emplace_back(-line["value"].get<double>() / JsdBound(floor), name);
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<std::string> out;
  for (size_t i = 0; i < std::min(kShown, ranked.size()); ++i) out.push_back(ranked[i].second);
  return out;
}

Table JointShares(const Side& side, const ScoredColumn& a, const QuantileBins& a_bins, const ScoredColumn& b,
                  const QuantileBins& b_bins) {
  Table out(a_bins.count(), std::vector<double>(b_bins.count()));
  double sum = 0;
  for (const uint32_t i : side.pool) {
    const auto of_a = a.value(*side.rows, i), of_b = b.value(*side.rows, i);
    if (!of_a || !of_b) continue;
    const double weight = side.row_weight[side.rows->ClockHour(i)];
    out[a_bins.Of(*of_a)][b_bins.Of(*of_b)] += weight;
    sum += weight;
  }
  for (auto& row : out) {
    for (double& share : row) share /= std::max(sum, 1e-300);
  }
  return out;
}

std::vector<std::string> BinTexts(const ScoredColumn& column, const QuantileBins& bins) {
  const auto text = [&](double value) {
    return column.binning == Binning::kCategories ? CategoryText(column.name, static_cast<int>(value))
                                                  : absl::StrFormat("%.5g", value);
  };
  std::vector<std::string> out;
  for (int i = 0; i + 1 < bins.count(); ++i) out.push_back(StrCat("≤ ", text(bins.UpperEnd(i))));
  out.push_back(bins.count() == 1 ? "all" : StrCat("> ", text(bins.UpperEnd(bins.count() - 2))));
  return out;
}

std::string JointFigures(const nlohmann::json& pair) {
  const std::string a = At(pair, {"a"}).get<std::string>(), b = At(pair, {"b"}).get<std::string>();
  const auto real = At(pair, {"real"}).get<Table>(), synthetic = At(pair, {"synthetic"}).get<Table>();
  Table difference = synthetic;
  double top = 1e-9, top_difference = 1e-9;
  for (size_t r = 0; r < real.size(); ++r) {
    for (size_t c = 0; c < real[r].size(); ++c) {
      difference[r][c] -= real[r][c];
      top = std::max({top, real[r][c], synthetic[r][c]});
      top_difference = std::max(top_difference, std::abs(difference[r][c]));
    }
  }
  HeatMapText text{"", "share of rows", At(pair, {"a_bins"}).get<std::vector<std::string>>(),
                   At(pair, {"b_bins"}).get<std::vector<std::string>>()};
  const auto figure = [&](const char* what, const Table& cells, double most) {
    text.title = StrCat(what, ": ", a, " down, ", b, " across");
    return StrCat("<figure>", HeatMap(text, cells, most), "</figure>\n");
  };
  return StrCat("<h3>", EscapeHtml(a), " and ", EscapeHtml(b), "</h3>\n<div class=\"grid\">\n",
                figure("real", real, top), figure("synthetic", synthetic, top),
                figure("synthetic minus real", difference, top_difference), "</div>\n");
}

}  // namespace

void AddWeakest(const EvalInput& input, nlohmann::json* report) {
  auto& out = (*report)["weakest"];
  out["attributes"] = WorstAttributes(At(*report, {"jsd"}));
  const std::vector<uint32_t> all = AllOf(input.synthetic->size());
  const Side synthetic = Unweighted(*input.synthetic, all);
  const Side real = Weighted(*input.real, AllOf(input.real->size()), CountHours(*input.synthetic, all));
  out["pairs"] = nlohmann::json::array();
  for (const auto& pair : At(*report, {"association", "worst"})) {
    const ScoredColumn *a = FindColumn(pair["a"]), *b = FindColumn(pair["b"]);
    const QuantileBins a_bins(*a, *input.real, input.options.association_bins),
        b_bins(*b, *input.real, input.options.association_bins);
    out["pairs"].push_back({{"a", pair["a"]},
                            {"b", pair["b"]},
                            {"a_bins", BinTexts(*a, a_bins)},
                            {"b_bins", BinTexts(*b, b_bins)},
                            {"real", JointShares(real, *a, a_bins, *b, b_bins)},
                            {"synthetic", JointShares(synthetic, *a, a_bins, *b, b_bins)}});
  }
}

std::string RenderWeakest(const nlohmann::json& report) {
  const auto& from = At(report, {"weakest"});
  if (!from.is_object()) return "";
  std::string out = "<section>\n<h2>Where it is weakest</h2>\n<div class=\"grid\">\n";
  for (const auto& name : At(from, {"attributes"})) {
    const ScoredColumn* const column = FindColumn(name.get<std::string>());
    if (column != nullptr) out += DistributionFigure(*column, report, StrCat("weakest_", column->name));
  }
  out += "</div>\n";
  for (const auto& pair : At(from, {"pairs"})) out += JointFigures(pair);
  return StrCat(out,
                "<details open><summary>How it is computed</summary>\n<p>The three attributes with the "
                "largest divergence relative to its bound, 0.05 or twice the floor; then the three pairs of "
                "attributes whose mutual information is farthest from the real rows', with the share of all "
                "rows in each joint bin (the association's bins; real rows weighted to the synthetic rows' "
                "clock hours). Warm: more than in real rows; cold: less.</p>\n</details>\n</section>\n");
}

}  // namespace stanflow
