#ifndef STANFLOW_TESTS_CORE_EVAL_EVAL_TESTING_H_
#define STANFLOW_TESTS_CORE_EVAL_EVAL_TESTING_H_

#include <functional>
#include <vector>

#include "core/base/philox.h"
#include "core/eval/eval_rows.h"
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

// `rows` flows of `hosts` hosts spread evenly over `hours` hours from midnight on; `change` may
// alter each by two uniforms of its own.
inline FlowTable SpreadFlows(int rows, int hosts, int hours, uint64_t seed,
                             const std::function<void(double, double, Flow*)>& change = nullptr) {
  FlowTable out;
  for (int i = 0; i < rows; ++i) {
    const auto u = Uniform2({seed, 0, 0, static_cast<uint64_t>(i), 0});
    const auto v = Uniform2({seed, 0, 0, static_cast<uint64_t>(i), 1});
    const int64_t at = static_cast<int64_t>(i) * hours * kHourMs / rows / 1000 * 1000;
    Flow flow = WebFlow(kTestMidnight + at, static_cast<uint32_t>(u[0] * hosts));
    flow.bytes = 100 + static_cast<uint64_t>(1000 * u[1]);
    if (change) change(v[0], v[1], &flow);
    out.Append(flow);
  }
  return out;
}

}  // namespace stanflow

#endif  // STANFLOW_TESTS_CORE_EVAL_EVAL_TESTING_H_
