#ifndef STANFLOW_TESTS_SUPPORT_SAMPLE_ROWS_H_
#define STANFLOW_TESTS_SUPPORT_SAMPLE_ROWS_H_

#include <cstdint>
#include <vector>

#include "core/flow/host_row.h"

namespace stanflow {

// Rows of one host by formula alone: the same on every machine, with every kind of value that
// codecs treat differently (frequent and rare ones, zeros, all protocols, a 4 ms grid).
inline std::vector<HostRow> SampleRows(int n, uint32_t salt = 0) {
  std::vector<HostRow> rows;
  int64_t clock_ms = 1'460'332'800'000;  // 2016-04-11T00:00:00Z
  uint32_t state = 12345 + salt;
  const auto next = [&](uint32_t range) {
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % range;
  };
  constexpr uint16_t kServices[] = {80, 443, 53, 25, 22};
  for (int i = 0; i < n; ++i) {
    HostRow row;
    const uint32_t kind = next(20);
    row.time_delta_s = next(3) == 0 ? next(400) : next(3);
    clock_ms += int64_t{1000} * row.time_delta_s;
    row.end_ms = clock_ms;
    row.direction = next(2);
    row.protocol = kind < 14 ? 6 : kind < 18 ? 17 : kind == 18 ? 1 : 47;
    row.remote_address = (next(200) + 10) << 24 | next(256) << 16 | next(8) << 8 | next(4);
    row.local_port = kind < 10 ? kServices[next(5)] : static_cast<uint16_t>(1024 + next(64000));
    row.remote_port = kind < 10 ? static_cast<uint16_t>(1024 + next(64000)) : kServices[next(5)];
    row.tcp_flags = row.protocol == 6 ? static_cast<uint8_t>(16 + next(12)) : 16;
    row.tos = next(10) == 0 ? static_cast<uint8_t>(next(200)) : 0;
    row.packets = next(4) == 0 ? 1 + next(9000) : 1 + next(12);
    row.bytes = row.packets * (40 + (next(2) == 0 ? 0 : next(1400)));
    row.duration_ms = row.packets == 1 ? 0 : 4 * next(next(5) == 0 ? 40000 : 300);
    rows.push_back(row);
  }
  return rows;
}

}  // namespace stanflow

#endif  // STANFLOW_TESTS_SUPPORT_SAMPLE_ROWS_H_
