#ifndef STANFLOW_TESTS_CORE_GENERATE_BASELINES_B1_TESTING_H_
#define STANFLOW_TESTS_CORE_GENERATE_BASELINES_B1_TESTING_H_

#include <utility>
#include <vector>

#include "core/flow/protocol.h"
#include "core/generate/baselines/b1_model.h"

namespace stanflow {

// A small model with wide and narrow parts in each mixture, and values of every histogram unseen.
inline B1Model TestB1(uint32_t duration_step_ms = 4) {
  B1Model::Parts parts;
  const auto histogram = [](size_t size, std::vector<std::pair<uint32_t, uint64_t>> seen) {
    std::vector<uint64_t> counts(size);
    for (const auto& [value, count] : seen) counts[value] = count;
    return Histogram(std::move(counts));
  };
  for (uint32_t i = 0; i < 4; ++i) parts.octets[i] = histogram(256, {{10 + i, 60}, {200, 39}, {7, 1}});
  parts.direction = histogram(2, {{0, 50}, {1, 50}});
  parts.protocol = histogram(256, {{kTcp, 80}, {kUdp, 18}, {kIcmp, 2}});
  parts.local_port = histogram(65536, {{80, 50}, {40000, 40}, {40001, 10}});
  parts.remote_port = histogram(65536, {{443, 90}, {53, 9}, {65535, 1}});
  parts.tcp_flags = histogram(256, {{0, 20}, {27, 80}});
  parts.tos = histogram(256, {{0, 100}});
  parts.ln_packets = {{0.4, 0.6}, {0, 2}, {1e-4, 1}};
  parts.ln_bytes = {{0.3, 0.7}, {4, 7}, {0.3, 1.5}};
  parts.duration_s = {{0.5, 0.5}, {0, 3}, {1e-4, 2}};
  parts.time_delta_s = {{0.6, 0.4}, {0, 8}, {0.1, 6}};
  parts.duration_step_ms = duration_step_ms;
  parts.rows = 100;
  return B1Model(std::move(parts));
}

}  // namespace stanflow

#endif  // STANFLOW_TESTS_CORE_GENERATE_BASELINES_B1_TESTING_H_
