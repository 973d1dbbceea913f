#include "core/eval/comparison.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <utility>

#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

std::vector<uint32_t> Common(const std::vector<uint32_t>& sorted, const std::vector<uint32_t>& also_sorted) {
  std::vector<uint32_t> out;
  std::set_intersection(sorted.begin(), sorted.end(), also_sorted.begin(), also_sorted.end(),
                        std::back_inserter(out));
  return out;
}

MeanAndDeviation SummariseNumbers(std::vector<double> values) {
  values.erase(std::remove_if(values.begin(), values.end(), [](double v) { return !std::isfinite(v); }),
               values.end());
  return values.empty() ? MeanAndDeviation{NAN, NAN} : Summarise(values);
}

}  // namespace

Side Unweighted(const EvalRows& rows, std::vector<uint32_t> pool) {
  Side out{&rows, std::move(pool), {}};
  out.row_weight.fill(1);
  return out;
}

Side Weighted(const EvalRows& rows, const std::vector<uint32_t>& pool, const HourShares& target) {
  const HourMatch match = MatchHours(target, CountHours(rows, pool));
  Side out{&rows, {}, match.row_weight};
  for (uint32_t i : pool) {
    if (match.row_weight[rows.ClockHour(i)] > 0) out.pool.push_back(i);
  }
  return out;
}

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

size_t Comparisons::SmallestPool() const {
  size_t least = std::min(synthetic.a.pool.size(), synthetic.b.pool.size());
  for (const auto* list : {&halves, &b1}) {
    for (const Comparison& c : *list) least = std::min({least, c.a.pool.size(), c.b.pool.size()});
  }
  return least;
}

Comparisons Compare(const EvalInput& input, const HostHours& units, const Pools& pools, int repeats) {
  Comparisons out;
  out.synthetic.a = Unweighted(*input.synthetic, pools.synthetic);
  const HourShares hours = CountHours(*input.synthetic, pools.synthetic);
  out.borrowed = MatchHours(hours, CountHours(*input.real, pools.real)).borrowed;
  out.synthetic.b = Weighted(*input.real, pools.real, hours);
  if (input.b1 != nullptr) {
    const HourShares b1_hours = CountHours(*input.b1, pools.b1);
    out.b1.push_back({Unweighted(*input.b1, pools.b1), Weighted(*input.real, pools.real, b1_hours)});
  }
  for (int r = 0; r < repeats && units.units.size() > 1; ++r) {
    auto halves = SplitHostHours(units, input.options.seed, r);
    for (auto& half : halves) half = Common(half, pools.real);
    out.halves.push_back({Weighted(*input.real, halves[0], hours), Weighted(*input.real, halves[1], hours)});
  }
  return out;
}

absl::Status ForEachDraw(const EvalInput& input, const Comparisons& sides, int repeats, uint32_t purpose,
                         absl::FunctionRef<void(const ComparedDraw&)> draw) {
  for (uint32_t r = 0; r < static_cast<uint32_t>(repeats); ++r) {
    const auto key = [&](uint32_t above) { return ChoiceKey{input.options.seed, purpose + above, r}; };
    std::vector<ComparedDraw> draws = {{Compared::kSynthetic, sides.synthetic, key(0), key(1)}};
    if (!sides.halves.empty()) draws.push_back({Compared::kHalves, sides.halves[r], key(2), key(3)});
    // As the synthetic rows' choices: equal sets then get equal figures.
    if (!sides.b1.empty()) draws.push_back({Compared::kB1, sides.b1[0], key(0), key(1)});
    for (const ComparedDraw& d : draws) {
      if (input.stop_requested && input.stop_requested())
        return absl::CancelledError("stopped while measuring");
      draw(d);
    }
  }
  return absl::OkStatus();
}

MeanAndDeviation Summarise(const std::vector<double>& values) {
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / values.size();
  double squares = 0;
  for (double v : values) squares += (v - mean) * (v - mean);
  return {mean, values.size() > 1 ? std::sqrt(squares / (values.size() - 1.0)) : NAN};
}

nlohmann::json FiniteOrNull(double x) {
  return std::isfinite(x) ? nlohmann::json(x) : nlohmann::json(nullptr);
}

void AddSummary(const ByCompared<std::vector<double>>& draws, const SummaryFields& fields,
                nlohmann::json* out) {
  (*out)[fields.value] = FiniteOrNull(SummariseNumbers(draws.synthetic).mean);
  const MeanAndDeviation floor = SummariseNumbers(draws.halves);
  (*out)[fields.floor] = FiniteOrNull(floor.mean);
  (*out)[fields.floor + "_sd"] = FiniteOrNull(floor.deviation);
  if (!draws.b1.empty()) (*out)[fields.b1] = FiniteOrNull(SummariseNumbers(draws.b1).mean);
}

}  // namespace stanflow
