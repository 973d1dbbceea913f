#ifndef STANFLOW_CORE_STUDY_RUNNING_WAYS_H_
#define STANFLOW_CORE_STUDY_RUNNING_WAYS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/eval/run_sequence.h"
#include "core/generate/generator.h"

namespace stanflow {

// Three ways of running a model, which part its error from its drift (docs/measures.md, "Three ways of
// running"):
enum class RunningWay {
  kOneStepAhead,  // every row given the real rows before it
  kFromWindow,    // given the real sequence's first rows, then its own
  kFromNothing,   // given its own rows alone
};

// A real context to follow or to start from.
struct RealSequence {
  int64_t start_ms = 0;  // clock before its first row
  int64_t end_ms = 0;    // clock at which its time is over: no free run has a row then or later
  std::vector<HostRow> rows;
};

struct RunningOptions {
  uint64_t seed = 1;
  size_t window_rows = 32;  // kFromWindow: shorter sequences are left out
  size_t max_rows = 1500;   // of a context, its window included, when running free
  int threads = 1;
  std::function<bool()> stop_requested;
};

// One RunSequence for each real one, in order (kFromWindow: of those that are long enough). The draws depend
// on the sequence's place in `real`; neither on the number of threads nor on what the other sequences are.
// CANCELLED if asked to stop.
absl::StatusOr<std::vector<RunSequence>> RunModel(const Generator& generator, RunningWay way,
                                                  absl::Span<const RealSequence> real,
                                                  const RunningOptions& options);

// All three, beside the real sequences themselves.
absl::StatusOr<ModelRuns> RunInThreeWays(const Generator& generator, absl::Span<const RealSequence> real,
                                         const RunningOptions& options);

}  // namespace stanflow

#endif  // STANFLOW_CORE_STUDY_RUNNING_WAYS_H_
