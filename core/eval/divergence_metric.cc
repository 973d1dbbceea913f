#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/strings.h"
#include "core/eval/clock_hours.h"
#include "core/eval/divergence.h"
#include "core/eval/host_hours.h"
#include "core/eval/html.h"
#include "core/eval/metric.h"
#include "core/eval/sampling.h"
#include "core/eval/scored_column.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

constexpr uint32_t kSyntheticPurpose = 31, kRealPurpose = 32, kHalfPurpose = 33;

// Rows that a comparison may draw from, and the clock hours that their weights shall make.
struct Side {
  const EvalRows* rows;
  std::vector<uint32_t> pool;
  HourShares row_weight;  // by clock hour
};

Side Unweighted(const EvalRows& rows, size_t begin) {
  Side out{&rows, {}, {}};
  for (size_t i = begin; i < rows.size(); ++i) out.pool.push_back(static_cast<uint32_t>(i));
  out.row_weight.fill(1);
  return out;
}

// `pool` as far as its clock hours get any weight.
Side Weighted(const EvalRows& rows, const std::vector<uint32_t>& pool, const HourShares& target) {
  const HourMatch match = MatchHours(target, CountHours(rows, pool));
  Side out{&rows, {}, match.row_weight};
  for (uint32_t i : pool) {
    if (match.row_weight[rows.ClockHour(i)] > 0) out.pool.push_back(i);
  }
  return out;
}

struct Sample {
  std::vector<uint32_t> rows;
  std::vector<double> weights;  // sum to the number of rows
};

Sample Draw(const Side& side, size_t count, const ChoiceKey& key) {
  Sample out{Choose(side.pool, count, key), {}};
  double sum = 0;
  for (uint32_t i : out.rows) {
    out.weights.push_back(side.row_weight[side.rows->ClockHour(i)]);
    sum += out.weights.back();
  }
  for (double& w : out.weights) w *= out.rows.size() / sum;
  return out;
}

using PerColumn = std::vector<double>;

// Two sides of one comparison, for each repeat.
struct Comparison {
  Side a, b;
};

PerColumn Divergences(const Comparison& sides, const std::vector<Bins>& bins, size_t count,
                      const ChoiceKey& key_a, const ChoiceKey& key_b) {
  const Sample a = Draw(sides.a, count, key_a), b = Draw(sides.b, count, key_b);
  PerColumn out;
  for (size_t c = 0; c < bins.size(); ++c) {
    const ScoredColumn& column = ScoredColumns()[c];
    out.push_back(JensenShannon(BinWeights(column, bins[c], *sides.a.rows, a.rows, a.weights),
                                BinWeights(column, bins[c], *sides.b.rows, b.rows, b.weights)));
  }
  return out;
}

// Everything that is compared over one stretch of the synthetic stream.
struct Window {
  Comparison synthetic;
  std::vector<Comparison> halves;  // one a repeat; empty if there are no two halves
  std::vector<Comparison> b1;      // one or none
  double borrowed = 0;
};

Window MakeWindow(const EvalInput& input, const HostHours& units, bool last_quarter) {
  const auto begin = [last_quarter](const EvalRows& rows) {
    return last_quarter ? rows.LastQuarterBegin() : 0;
  };
  const std::vector<uint32_t> all_real = AllOf(input.real->size());
  Window out;
  out.synthetic.a = Unweighted(*input.synthetic, begin(*input.synthetic));
  const HourShares hours = CountHours(*input.synthetic, out.synthetic.a.pool);
  out.borrowed = MatchHours(hours, CountHours(*input.real, all_real)).borrowed;
  out.synthetic.b = Weighted(*input.real, all_real, hours);
  if (input.b1 != nullptr) {
    Side b1 = Unweighted(*input.b1, begin(*input.b1));
    const HourShares b1_hours = CountHours(*input.b1, b1.pool);
    out.b1.push_back({std::move(b1), Weighted(*input.real, all_real, b1_hours)});
  }
  for (int r = 0; r < input.options.jsd_repeats && units.units.size() > 1; ++r) {
    const auto halves = SplitHostHours(units, input.options.seed, r);
    out.halves.push_back({Weighted(*input.real, halves[0], hours), Weighted(*input.real, halves[1], hours)});
  }
  return out;
}

size_t SmallestPool(const Window& window) {
  size_t least = std::min(window.synthetic.a.pool.size(), window.synthetic.b.pool.size());
  for (const auto* list : {&window.halves, &window.b1}) {
    for (const Comparison& c : *list) least = std::min({least, c.a.pool.size(), c.b.pool.size()});
  }
  return least;
}

struct MeanAndDeviation {
  std::vector<double> mean, deviation;  // by column
};

MeanAndDeviation Summarise(const std::vector<PerColumn>& repeats) {
  MeanAndDeviation out;
  for (size_t c = 0; c < repeats[0].size(); ++c) {
    double sum = 0, squares = 0;
    for (const PerColumn& r : repeats) sum += r[c];
    const double mean = sum / repeats.size();
    for (const PerColumn& r : repeats) squares += (r[c] - mean) * (r[c] - mean);
    out.mean.push_back(mean);
    out.deviation.push_back(repeats.size() > 1 ? std::sqrt(squares / (repeats.size() - 1)) : NAN);
  }
  return out;
}

void AddWindow(const EvalInput& input, const Window& window, const std::vector<Bins>& bins, size_t rows,
               const std::string& value_name, const std::string& floor_name, const std::string& b1_name,
               nlohmann::json* jsd) {
  std::vector<PerColumn> values, floors, b1;
  for (uint32_t r = 0; r < static_cast<uint32_t>(input.options.jsd_repeats); ++r) {
    const auto key = [&](uint32_t purpose) { return ChoiceKey{input.options.seed, purpose, r}; };
    values.push_back(Divergences(window.synthetic, bins, rows, key(kSyntheticPurpose), key(kRealPurpose)));
    if (!window.halves.empty()) {
      floors.push_back(Divergences(window.halves[r], bins, rows, key(kHalfPurpose), key(kHalfPurpose + 1)));
    }
    if (!window.b1.empty()) {
      b1.push_back(Divergences(window.b1[0], bins, rows, key(kSyntheticPurpose), key(kRealPurpose)));
    }
  }
  const auto add = [&](const std::vector<PerColumn>& repeats, const std::string& name, bool deviation) {
    if (repeats.empty()) return;
    const MeanAndDeviation summary = Summarise(repeats);
    for (size_t c = 0; c < bins.size(); ++c) {
      auto& column = (*jsd)[std::string(ScoredColumns()[c].name)];
      column[name] = summary.mean[c];
      if (deviation) column[name + "_sd"] = summary.deviation[c];
    }
  };
  add(values, value_name, false);
  add(floors, floor_name, true);
  add(b1, b1_name, false);
}

void Measure(const EvalInput& input, nlohmann::json* report) {
  std::vector<Bins> bins;
  for (const ScoredColumn& column : ScoredColumns()) bins.emplace_back(column, *input.real);
  const HostHours units = HostHoursOf(*input.real);
  const Window whole = MakeWindow(input, units, false), last = MakeWindow(input, units, true);
  const size_t rows = std::min({input.options.jsd_rows, SmallestPool(whole), SmallestPool(last)});
  auto& jsd = (*report)["jsd"] = nlohmann::json::object();
  AddWindow(input, whole, bins, rows, "value", "floor", "b1", &jsd);
  AddWindow(input, last, bins, rows, "last_quarter", "last_quarter_floor", "b1_last_quarter", &jsd);
  (*report)["jsd_settings"] = {{"rows_per_side", rows},
                               {"repeats", input.options.jsd_repeats},
                               {"equal_bins", kEqualBins},
                               {"added_per_bin", 1},
                               {"real_host_hours", units.units.size()},
                               {"borrowed_hours_share", whole.borrowed},
                               {"borrowed_hours_share_last_quarter", last.borrowed}};
}

std::string Jsd(const nlohmann::json& value) { return FormatFixed(value, 4); }

// The bound that a good model keeps: 0.05, or twice the floor where that is more.
std::string Verdict(const nlohmann::json& value, const nlohmann::json& floor) {
  if (!value.is_number()) return "";
  const double bound = std::max(0.05, floor.is_number() ? 2 * floor.get<double>() : 0);
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
    "disjoint "
    "distributions. One is added to every bin's count on both sides. Both sides have the same bins, cut on "
    "the real set, "
    "the outer two open: 304 equal ones from its smallest to its largest value of each port and octet, of ln "
    "bytes, ln packets "
    "and ln(1 + duration in ms); 304 of one second from 0 on for the time delta; each value its own bin for "
    "direction (2), "
    "protocol, TCP flags and ToS (256). A row that is its host's first in an hour has no time delta.</p>"
    "<p>Each side is a random subsample, without replacement, of the size stated above; real rows are "
    "weighted so that "
    "their clock hours (UTC) have the synthetic rows' shares, scaled to the same sum. An hour that the real "
    "set lacks "
    "gives its share to the nearest hours that it has, half each to two equally near. <b>Floor</b>: the same "
    "between two "
    "random disjoint halves of the real host-hours, both weighted so. <b>Last quarter</b>: the last quarter "
    "of the "
    "synthetic rows in order of end time, against real rows of its clock hours. Values and floors are means "
    "over the draws.</p>",
    Measure, Render};

}  // namespace stanflow
