#include <algorithm>
#include <cmath>

#include "absl/container/flat_hash_map.h"
#include "core/base/strings.h"
#include "core/eval/clock_hours.h"
#include "core/eval/host_hours.h"
#include "core/eval/html.h"
#include "core/eval/metric.h"
#include "core/eval/sampling.h"
#include "core/flow/address.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

constexpr size_t kListed = 10;
constexpr size_t kFloorRepeat = 0;

struct Column {
  const char* name;
  uint32_t (*value)(const EvalRows& rows, size_t i);
  std::string (*text)(uint32_t value);
};

constexpr Column kColumns[] = {
    {"remote_address", [](const EvalRows& r, size_t i) { return r.remote_address[i]; },
     [](uint32_t v) { return FormatIpv4(v); }},
    {"local_port", [](const EvalRows& r, size_t i) -> uint32_t { return r.local_port[i]; },
     [](uint32_t v) { return std::to_string(v); }},
    {"remote_port", [](const EvalRows& r, size_t i) -> uint32_t { return r.remote_port[i]; },
     [](uint32_t v) { return std::to_string(v); }},
};

using Shares = absl::flat_hash_map<uint32_t, double>;

// Shares of the values among `chosen`, weighted to `target`'s clock hours.
Shares SharesOf(const Column& column, const EvalRows& rows, const std::vector<uint32_t>& chosen,
                const HourShares& target) {
  const HourMatch match = MatchHours(target, CountHours(rows, chosen));
  Shares out;
  for (uint32_t i : chosen) out[column.value(rows, i)] += match.row_weight[rows.ClockHour(i)];
  return out;
}

double ShareOf(const Shares& shares, uint32_t value) {
  const auto it = shares.find(value);
  return it == shares.end() ? 0 : it->second;
}

std::vector<uint32_t> MostFrequent(const Shares& shares, size_t count) {
  std::vector<std::pair<double, uint32_t>> order;
  for (const auto& [value, share] : shares) order.emplace_back(-share, value);
  std::sort(order.begin(), order.end());
  std::vector<uint32_t> out;
  for (size_t i = 0; i < std::min(count, order.size()); ++i) out.push_back(order[i].second);
  return out;
}

double SumOver(const Shares& shares, const std::vector<uint32_t>& values) {
  double sum = 0;
  for (uint32_t v : values) sum += ShareOf(shares, v);
  return sum;
}

nlohmann::json MeasureColumn(const Column& column, const EvalInput& input, const HostHours& units) {
  const std::vector<uint32_t> all = AllOf(input.real->size()), all_synthetic = AllOf(input.synthetic->size());
  const HourShares hours = CountHours(*input.synthetic, all_synthetic);
  const Shares real = SharesOf(column, *input.real, all, hours);
  const Shares synthetic = SharesOf(column, *input.synthetic, all_synthetic, hours);
  const std::vector<uint32_t> top = MostFrequent(real, input.options.top_k);
  nlohmann::json out = {{"k", top.size()},
                        {"real", SumOver(real, top)},
                        {"synthetic", SumOver(synthetic, top)},
                        {"floor", nullptr},
                        {"floor_other_half", nullptr}};
  Shares b1;
  if (input.b1 != nullptr) {
    b1 = SharesOf(column, *input.b1, AllOf(input.b1->size()), hours);
    out["b1"] = SumOver(b1, top);
  }
  if (units.units.size() > 1) {
    const auto halves = SplitHostHours(units, input.options.seed, kFloorRepeat);
    const Shares own = SharesOf(column, *input.real, halves[0], hours);
    const std::vector<uint32_t> half_top = MostFrequent(own, input.options.top_k);
    out["floor"] = SumOver(own, half_top);
    out["floor_other_half"] = SumOver(SharesOf(column, *input.real, halves[1], hours), half_top);
  }
  auto& values = out["values"] = nlohmann::json::array();
  for (uint32_t v : top) {
    if (values.size() == kListed) break;
    values.push_back(
        {{"value", column.text(v)}, {"real", ShareOf(real, v)}, {"synthetic", ShareOf(synthetic, v)}});
    if (input.b1 != nullptr) values.back()["b1"] = ShareOf(b1, v);
  }
  return out;
}

absl::Status Measure(const EvalInput& input, nlohmann::json* report) {
  const HostHours units = HostHoursOf(*input.real);
  for (const Column& column : kColumns) {
    (*report)["top_values"][column.name] = MeasureColumn(column, input, units);
  }
  return absl::OkStatus();
}

std::string Render(const nlohmann::json& report) {
  if (!At(report, {"top_values"}).is_object()) return "";
  HtmlTable sums(
      {"the most frequent real values' share", "k", "real", "synthetic", "B1", "real half", "other half"});
  std::string lists;
  for (const Column& column : kColumns) {
    const auto& from = At(report, {"top_values", column.name});
    sums.Row({column.name, FormatCount(At(from, {"k"})), FormatPercent(At(from, {"real"}), 1),
              FormatPercent(At(from, {"synthetic"}), 1), FormatPercent(At(from, {"b1"}), 1),
              FormatPercent(At(from, {"floor"}), 1), FormatPercent(At(from, {"floor_other_half"}), 1)});
    HtmlTable list({column.name, "real", "synthetic", "B1"});
    for (const auto& v : At(from, {"values"})) {
      list.Row({EscapeHtml(At(v, {"value"}).get<std::string>()), FormatPercent(At(v, {"real"})),
                FormatPercent(At(v, {"synthetic"})), FormatPercent(At(v, {"b1"}))});
    }
    StrAppend(&lists, "<div>", list.ToString(), "</div>");
  }
  return StrCat(sums.ToString(), "<div class=\"grid\">", lists, "</div>\n");
}

}  // namespace

const Metric kTopValuesMetric = {
    "Frequent ports and addresses",
    "<p>The k most frequent values of the real set, and the share of rows that have one of them in each set; "
    "real and B1's rows weighted to the synthetic rows' clock hours (as for the divergence). <b>Halves</b>: "
    "the k most frequent values of one random half of the real host-hours, their share in that half and in "
    "the other. The lists show the first ten.</p>",
    Measure, Render};

}  // namespace stanflow
