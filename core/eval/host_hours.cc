#include "core/eval/host_hours.h"

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "core/eval/sampling.h"

namespace stanflow {
namespace {

constexpr uint32_t kSplitPurpose = 21;

}  // namespace

HostHours HostHoursOf(const EvalRows& rows) {
  HostHours out;
  absl::flat_hash_map<std::pair<uint32_t, int64_t>, uint32_t> index;
  out.unit_of_row.reserve(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    const int64_t hour = rows.HourNumber(i);
    const auto [it, fresh] =
        index.try_emplace(std::make_pair(rows.host[i], hour), static_cast<uint32_t>(out.units.size()));
    if (fresh) out.units.push_back({hour, 0});
    ++out.units[it->second].rows;
    out.unit_of_row.push_back(it->second);
  }
  return out;
}

std::array<std::vector<uint32_t>, 2> SplitHostHours(const HostHours& host_hours, uint64_t seed,
                                                    uint32_t repeat) {
  std::array<std::vector<uint32_t>, 24> by_clock;
  for (uint32_t u :
       Choose(AllOf(host_hours.units.size()), host_hours.units.size(), {seed, kSplitPurpose, repeat})) {
    by_clock[(host_hours.units[u].hour_number % 24 + 24) % 24].push_back(u);
  }
  std::vector<uint8_t> half(host_hours.units.size());
  uint8_t turn = 0;
  for (const auto& units : by_clock) {
    for (uint32_t u : units) half[u] = turn ^= 1;
  }
  std::array<std::vector<uint32_t>, 2> out;
  for (uint32_t i = 0; i < host_hours.unit_of_row.size(); ++i)
    out[half[host_hours.unit_of_row[i]]].push_back(i);
  return out;
}

HostHourOrder OrderByHostHour(const HostHours& host_hours) {
  std::vector<uint64_t> next;  // of each unit: where its next row goes
  uint64_t begin = 0;
  for (const HostHours::Unit& unit : host_hours.units) {
    next.push_back(begin);
    begin += unit.rows;
  }
  const std::vector<uint64_t> first = next;
  HostHourOrder out;
  out.rows.resize(begin);
  out.place.resize(begin);
  out.position.resize(begin);
  for (uint32_t i = 0; i < host_hours.unit_of_row.size(); ++i) {
    const uint32_t unit = host_hours.unit_of_row[i];
    const uint64_t at = next[unit]++;
    out.rows[at] = i;
    out.place[at] = static_cast<uint32_t>(at - first[unit]);
    out.position[i] = static_cast<uint32_t>(at);
  }
  return out;
}

}  // namespace stanflow
