#ifndef STANFLOW_CORE_EVAL_HOST_HOURS_H_
#define STANFLOW_CORE_EVAL_HOST_HOURS_H_

#include <array>
#include <cstdint>
#include <vector>

#include "core/eval/eval_rows.h"

namespace stanflow {

// One host's rows within one hour: the unit that is drawn when real data is set against real data.
struct HostHours {
  struct Unit {
    int64_t hour_number;
    uint64_t rows;
  };
  std::vector<Unit> units;
  std::vector<uint32_t> unit_of_row;
};

HostHours HostHoursOf(const EvalRows& rows);

// Rows of two disjoint halves of the host-hours: shuffled within each hour of the day, then
// dealt in turn, so that both halves have every hour of the day that has two host-hours or more.
std::array<std::vector<uint32_t>, 2> SplitHostHours(const HostHours& host_hours, uint64_t seed,
                                                    uint32_t repeat);

// A set's rows one host-hour after another, in order of time within each.
struct HostHourOrder {
  std::vector<uint32_t> rows;   // indices within the set
  std::vector<uint32_t> place;  // of rows[p] in its host-hour: its place[p] predecessors are rows[p - 1], ...
  std::vector<uint32_t> position;  // of each of the set's rows in `rows`
};

HostHourOrder OrderByHostHour(const HostHours& host_hours);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_HOST_HOURS_H_
