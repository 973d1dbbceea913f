#ifndef STANFLOW_SERVER_WORKER_GENERATE_FLOWS_H_
#define STANFLOW_SERVER_WORKER_GENERATE_FLOWS_H_

#include <cstdint>
#include <functional>

#include "absl/status/statusor.h"
#include "core/flow/flow.h"
#include "core/generate/generator.h"
#include "core/generate/stream_spec.h"

namespace stanflow {

// More flows than this would not fit beside the real ones.
inline constexpr uint64_t kMaxJudgedFlows = 20'000'000;

// INVALID_ARGUMENT if `rows` are more than `max_rows`; trying again can't help.
absl::Status CheckFlowCount(uint64_t rows, uint64_t max_rows = kMaxJudgedFlows);

struct GenerateFlowsOptions {
  int threads = 1;
  // Rows that may wait for hosts that are behind. Never changes the flows.
  uint64_t look_ahead_rows = 16384;
  uint64_t max_rows = kMaxJudgedFlows;
  // Of the extent, 0 to 1, and the flows so far. May be null.
  std::function<void(double fraction, uint64_t rows)> progress;
  // True: stop soon, with CANCELLED. May be null.
  std::function<bool()> stop_requested;
};

// All flows of a bounded stream, exactly those that Generate sends for it, stepped tile by tile
// on `threads` threads. INVALID_ARGUMENT if `spec` is unbounded, not valid or, before any work where it says
// its rows, longer than `max_rows`.
absl::StatusOr<FlowTable> GenerateFlows(const Generator& generator, const StreamSpec& spec,
                                        const GenerateFlowsOptions& options);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_WORKER_GENERATE_FLOWS_H_
