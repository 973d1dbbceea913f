#ifndef STANFLOW_TESTS_CORE_EVAL_EVAL_TESTING_H_
#define STANFLOW_TESTS_CORE_EVAL_EVAL_TESTING_H_

#include <functional>
#include <vector>

#include "core/base/philox.h"
#include "core/eval/eval_rows.h"
#include "core/eval/run_sequence.h"
#include "core/flow/protocol.h"
#include "core/flow/time.h"

namespace stanflow {

inline constexpr uint32_t kTestHome = 0x0A010000, kTestRemote = 0xC6336400;
// 2024-01-08T00:00:00Z.
inline constexpr int64_t kTestMidnight = 1704672000000;

inline std::vector<Cidr> TestHomes() { return {Cidr{kTestHome, 16}}; }

inline Flow WebFlow(int64_t end_ms, uint32_t host) {
  Flow flow;
  flow.end_ms = end_ms;
  flow.source_address = kTestHome + 1 + host;
  flow.destination_address = kTestRemote + 1;
  flow.source_port = 40000;
  flow.destination_port = 443;
  flow.protocol = kTcp;
  flow.packets = 2;
  flow.bytes = 120;
  return flow;
}

// May alter a flow by two uniforms of its own.
using ChangeFlow = std::function<void(double, double, Flow*)>;

// The i-th flow of a set: of a random one of `hosts` hosts, with random bytes.
inline Flow RandomFlow(int64_t end_ms, uint64_t i, int hosts, uint64_t seed, const ChangeFlow& change) {
  const auto u = Uniform2({seed, 0, 0, i, 0}), v = Uniform2({seed, 0, 0, i, 1});
  Flow flow = WebFlow(end_ms, static_cast<uint32_t>(u[0] * hosts));
  flow.bytes = 100 + static_cast<uint64_t>(1000 * u[1]);
  if (change) change(v[0], v[1], &flow);
  return flow;
}

// `rows[h]` flows in hour h from midnight on, one a second: as dense in an hour of few as in one of many.
inline FlowTable HourlyFlows(const std::vector<int>& rows, int hosts, uint64_t seed,
                             const ChangeFlow& change = nullptr) {
  FlowTable out;
  for (size_t hour = 0; hour < rows.size(); ++hour) {
    for (int i = 0; i < rows[hour]; ++i) {
      const int64_t end_ms = kTestMidnight + static_cast<int64_t>(hour) * kHourMs + 1000 * i;
      out.Append(RandomFlow(end_ms, hour << 32 | static_cast<uint64_t>(i), hosts, seed, change));
    }
  }
  return out;
}

// `rows` flows of `hosts` hosts spread evenly over `hours` hours from midnight on.
inline FlowTable SpreadFlows(int rows, int hosts, int hours, uint64_t seed,
                             const ChangeFlow& change = nullptr) {
  FlowTable out;
  for (int i = 0; i < rows; ++i) {
    const int64_t at = static_cast<int64_t>(i) * hours * kHourMs / rows / 1000 * 1000;
    out.Append(RandomFlow(kTestMidnight + at, static_cast<uint64_t>(i), hosts, seed, change));
  }
  return out;
}

// Contexts whose address stays from row to row with a chance of `stays`, the deltas up to 5 s.
inline std::vector<RunSequence> StickyRuns(size_t count, size_t rows, uint64_t seed, double stays) {
  std::vector<RunSequence> out(count);
  for (uint32_t r = 0; r < count; ++r) {
    uint32_t address = kTestRemote;
    for (uint32_t i = 0; i < rows; ++i) {
      const auto u = Uniform2({seed, 1, r, i, 0}), v = Uniform2({seed, 2, r, i, 0});
      if (u[0] >= stays) address = kTestRemote + static_cast<uint32_t>(250 * u[1]);
      HostRow row;
      row.end_ms = kTestMidnight + 1000 * i;
      row.time_delta_s = static_cast<uint32_t>(6 * v[0]);
      row.protocol = kTcp;
      row.remote_address = address;
      row.packets = 1;
      row.bytes = 40 + static_cast<uint64_t>(1000 * v[1]);
      out[r].rows.push_back(row);
    }
  }
  return out;
}

}  // namespace stanflow

#endif  // STANFLOW_TESTS_CORE_EVAL_EVAL_TESTING_H_
