#ifndef STANFLOW_CORE_EVAL_EVAL_ROWS_H_
#define STANFLOW_CORE_EVAL_EVAL_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/dataset/dataset.h"
#include "core/flow/address.h"
#include "core/flow/flow.h"
#include "core/flow/host_row.h"

namespace stanflow {

// Flows as their home hosts see them, as columns (about 45 bytes a row), in order of end time;
// rows that end together stay in the order of their source. A plain value: fill it once, then
// any number of threads may read.
struct EvalRows {
  // No earlier row of the same host in the same clock hour: such a row has no time delta that
  // could be compared (in a set cut into hours, what lies before is not known).
  static constexpr uint32_t kNoDelta = std::numeric_limits<uint32_t>::max();

  std::vector<int64_t> end_ms;
  std::vector<uint32_t> host;  // index within this set, 0 to hosts - 1
  std::vector<uint32_t> time_delta_s, remote_address, duration_ms;
  std::vector<uint16_t> local_port, remote_port;
  std::vector<uint8_t> direction, protocol, tcp_flags, tos;
  std::vector<uint8_t> at_home;  // 1: source or destination lies in the home network
  std::vector<uint64_t> packets, bytes;
  uint32_t hosts = 0;

  size_t size() const { return end_ms.size(); }
  // Of the day, UTC: 0 to 23.
  int ClockHour(size_t i) const;
  // Whole hours since the epoch.
  int64_t HourNumber(size_t i) const;
  // The first row of the last quarter (by count; the set is in order of time).
  size_t LastQuarterBegin() const { return size() - size() / 4; }
};

// Adds a row behind the others, wherever its end time belongs. `has_delta`: it has a time delta that can be
// compared; `at_home`: it keeps rule T1.
void AppendRow(const HostRow& row, uint32_t host, bool has_delta, bool at_home, EvalRows* out);

// The rows of `sequences`; the network that counts as home is the dataset's.
EvalRows EvalRowsOf(const Dataset& dataset, const std::vector<Sequence>& sequences);

// A stream's flows. A row's host is its source if that lies in one of `home`, else its
// destination; if neither does, its source.
EvalRows EvalRowsOf(const FlowTable& flows, const std::vector<Cidr>& home);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_EVAL_ROWS_H_
