#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/eval/association.h"
#include "core/eval/html.h"
#include "core/eval/metric.h"
#include "core/eval/svg_heat_map.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

constexpr uint32_t kPurpose = 41;  // to 44
constexpr size_t kWorst = 3;

using PerPair = std::vector<double>;

struct Pair {
  size_t a, b;  // columns, a < b
};

std::vector<Pair> AllPairs() {
  std::vector<Pair> out;
  for (size_t a = 0; a < ScoredColumns().size(); ++a) {
    for (size_t b = a + 1; b < ScoredColumns().size(); ++b) out.push_back({a, b});
  }
  return out;
}

std::string NameOf(size_t column) { return std::string(ScoredColumns()[column].name); }

double MeanDifference(const PerPair& a, const PerPair& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += std::abs(a[i] - b[i]);
  return sum / a.size();
}

// What the draws of one comparison found.
struct Found {
  std::vector<double> differences;  // one a draw
  PerPair a, b;                     // sums over the draws

  void Add(const PerPair& of_a, const PerPair& of_b) {
    differences.push_back(MeanDifference(of_a, of_b));
    a.resize(of_a.size());
    b.resize(of_b.size());
    for (size_t i = 0; i < of_a.size(); ++i) {
      a[i] += of_a[i];
      b[i] += of_b[i];
    }
  }
  double A(size_t pair) const { return a[pair] / differences.size(); }
  double B(size_t pair) const { return b[pair] / differences.size(); }
};

using AllFound = ByCompared<Found>;

nlohmann::json PairsJson(const AllFound& found) {
  nlohmann::json out = nlohmann::json::array();
  const std::vector<Pair> pairs = AllPairs();
  for (size_t i = 0; i < pairs.size(); ++i) {
    out.push_back({{"a", NameOf(pairs[i].a)},
                   {"b", NameOf(pairs[i].b)},
                   {"real", found.synthetic.B(i)},
                   {"synthetic", found.synthetic.A(i)}});
    if (!found.b1.differences.empty()) out.back()["b1"] = found.b1.A(i);
  }
  return out;
}

double Distance(const nlohmann::json& pair) {
  return std::abs(pair["synthetic"].get<double>() - pair["real"].get<double>());
}

nlohmann::json Worst(nlohmann::json pairs) {
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const auto& x, const auto& y) { return Distance(x) > Distance(y); });
  pairs.erase(pairs.begin() + std::min(kWorst, pairs.size()), pairs.end());
  return pairs;
}

absl::Status Measure(const EvalInput& input, nlohmann::json* report) {
  const int bins_at_most = input.options.association_bins;
  if (bins_at_most < 1 || bins_at_most > kMostAssociationBins) {
    return absl::InvalidArgumentError(
        StrCat("association: ", bins_at_most, " bins are not 1 to ", kMostAssociationBins));
  }
  std::vector<QuantileBins> bins;
  for (const ScoredColumn& column : ScoredColumns()) bins.emplace_back(column, *input.real, bins_at_most);
  const Pools pools = {AllOf(input.real->size()), AllOf(input.synthetic->size()),
                       input.b1 == nullptr ? std::vector<uint32_t>() : AllOf(input.b1->size())};
  const Comparisons sides = Compare(input, HostHoursOf(*input.real), pools, input.options.jsd_repeats);
  const size_t rows = std::min(input.options.association_rows, sides.SmallestPool());
  AllFound found;
  STANFLOW_RETURN_IF_ERROR(
      ForEachDraw(input, sides, input.options.jsd_repeats, kPurpose, [&](const ComparedDraw& draw) {
        const Side &a = draw.sides.a, &b = draw.sides.b;
        found[draw.which].Add(Associations(*a.rows, Draw(a, rows, draw.a), bins),
                              Associations(*b.rows, Draw(b, rows, draw.b), bins));
      }));

  auto& out = (*report)["association"];
  AddSummary({found.synthetic.differences, found.halves.differences, found.b1.differences}, {}, &out);
  out["pairs"] = PairsJson(found);
  out["worst"] = Worst(out["pairs"]);
  const auto mean = [&](const char* set) {
    double sum = 0;
    for (const auto& pair : out["pairs"]) sum += pair[set].get<double>();
    return sum / out["pairs"].size();
  };
  out["mean"] = {{"real", mean("real")}, {"synthetic", mean("synthetic")}};
  if (input.b1 != nullptr) out["mean"]["b1"] = mean("b1");
  out["settings"] = {
      {"rows_per_side", rows}, {"repeats", input.options.jsd_repeats}, {"bins_at_most", bins_at_most}};
  for (size_t c = 0; c < bins.size(); ++c) out["settings"]["bins"][NameOf(c)] = bins[c].count();
  return absl::OkStatus();
}

struct Matrices {
  std::vector<std::string> names;
  std::vector<std::vector<double>> both, difference;  // both: real above the diagonal, synthetic below it
  double top = 1e-9, top_difference = 1e-9;
};

Matrices MatricesOf(const nlohmann::json& pairs) {
  Matrices out;
  const size_t n = ScoredColumns().size();
  for (size_t c = 0; c < n; ++c) out.names.push_back(NameOf(c));
  out.both.assign(n, std::vector<double>(n, NAN));
  out.difference = out.both;
  const auto index = [&](const nlohmann::json& name) {
    return std::find(out.names.begin(), out.names.end(), name.get<std::string>()) - out.names.begin();
  };
  for (const auto& pair : pairs) {
    const auto a = index(At(pair, {"a"})), b = index(At(pair, {"b"}));
    const double real = At(pair, {"real"}).get<double>(), synthetic = At(pair, {"synthetic"}).get<double>();
    // What is corrected to below 0 is none.
    out.both[a][b] = std::max(real, 0.0);
    out.both[b][a] = std::max(synthetic, 0.0);
    out.difference[a][b] = out.difference[b][a] = synthetic - real;
    out.top = std::max({out.top, real, synthetic});
    out.top_difference = std::max(out.top_difference, std::abs(synthetic - real));
  }
  return out;
}

std::string Nats(const nlohmann::json& value) { return FormatFixed(value, 4); }

std::string Render(const nlohmann::json& report) {
  const auto& from = At(report, {"association"});
  if (!At(from, {"pairs"}).is_array()) return "";
  HtmlTable sums({"mutual information of all pairs, nats", "synthetic", "floor", "B1"});
  sums.Row({"mean distance from real", Nats(At(from, {"value"})), Nats(At(from, {"floor"})),
            Nats(At(from, {"b1"}))});
  HtmlTable worst({"farthest pairs", "real", "synthetic", "B1"});
  for (const auto& pair : At(from, {"worst"})) {
    worst.Row({StrCat(EscapeHtml(At(pair, {"a"}).get<std::string>()), ", ",
                      EscapeHtml(At(pair, {"b"}).get<std::string>())),
               Nats(At(pair, {"real"})), Nats(At(pair, {"synthetic"})), Nats(At(pair, {"b1"}))});
  }
  const Matrices m = MatricesOf(At(from, {"pairs"}));
  return StrCat("<div class=\"pair\">", sums.ToString(), worst.ToString(),
                "</div><p class=\"note\">Mean over the pairs: real ", Nats(At(from, {"mean", "real"})),
                ", synthetic ", Nats(At(from, {"mean", "synthetic"})), ", B1 ",
                Nats(At(from, {"mean", "b1"})),
                ". Every comparison: ", FormatCount(At(from, {"settings", "rows_per_side"})),
                " rows a side, mean of ", FormatCount(At(from, {"settings", "repeats"})),
                " draws.</p><div class=\"grid\"><figure id=\"association\">",
                HeatMap({"real above the diagonal, synthetic below", "nats", m.names}, m.both, m.top),
                "<figcaption>Mutual information of every pair</figcaption></figure><figure>",
                HeatMap({"synthetic minus real", "nats", m.names}, m.difference, m.top_difference),
                "<figcaption>Warm: more than in real rows; cold: less</figcaption></figure></div>\n");
}

}  // namespace

const Metric kAssociationMetric = {
    "Association of attributes",
    "<p>Mutual information Σ p(x, y) ln(p(x, y) / (p(x) p(y))), in nats, of every pair of the fourteen "
    "attributes of the divergence above, and the mean over the 91 pairs of the absolute difference between "
    "two sets. Each attribute has at most 20 bins, cut on all real rows: a value's bin is the number of cut "
    "points below it; cut point j = 1 to 19 is the real value of rank ⌈j·n/20⌉, equal ones count once, and "
    "one at the largest value is none. A row without a time delta is left out of that attribute's "
    "pairs.</p><p>Both sides are random subsamples of the one size stated above, drawn and weighted to clock "
    "hours as for the divergence. Few rows make mutual information come out too high, and weighted ones "
    "count as fewer: from each figure (m − r − c + 1) / (2 n) is subtracted (Miller and Madow), where m "
    "cells, r rows and c columns of the pair's table hold anything and n = (Σ w)² / Σ w². So a figure may be "
    "below 0 by chance, and is left there. <b>Floor</b>: the same between two random disjoint halves of the "
    "real host-hours. Differences are taken for each draw, then averaged; the pairs' figures are means over "
    "the draws.</p>",
    Measure, Render};

}  // namespace stanflow
