#include "core/eval/clock_hours.h"

#include <numeric>

namespace stanflow {
namespace {

// The hours nearest to `hour` around the clock that `available` holds: one or two.
std::vector<int> Nearest(int hour, const HourShares& available) {
  for (int distance = 0; distance <= 12; ++distance) {
    std::vector<int> out;
    const int before = (hour + 24 - distance) % 24, after = (hour + distance) % 24;
    if (available[before] > 0) out.push_back(before);
    if (available[after] > 0 && after != before) out.push_back(after);
    if (!out.empty()) return out;
  }
  return {};
}

}  // namespace

HourShares CountHours(const EvalRows& rows, absl::Span<const uint32_t> chosen) {
  HourShares out{};
  for (uint32_t i : chosen) ++out[rows.ClockHour(i)];
  return out;
}

HourMatch MatchHours(const HourShares& target, const HourShares& available) {
  HourMatch out;
  const double total = std::accumulate(target.begin(), target.end(), 0.0);
  HourShares wanted{};
  for (int hour = 0; hour < 24; ++hour) {
    if (target[hour] == 0) continue;
    const std::vector<int> nearest = Nearest(hour, available);
    for (int h : nearest) wanted[h] += target[hour] / total / nearest.size();
    if (available[hour] == 0) out.borrowed += target[hour] / total;
  }
  for (int hour = 0; hour < 24; ++hour) {
    if (available[hour] > 0) out.row_weight[hour] = wanted[hour] / available[hour];
  }
  return out;
}

}  // namespace stanflow
