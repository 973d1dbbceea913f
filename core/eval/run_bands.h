#ifndef STANFLOW_CORE_EVAL_RUN_BANDS_H_
#define STANFLOW_CORE_EVAL_RUN_BANDS_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "absl/types/span.h"
#include "core/eval/eval_rows.h"
#include "core/eval/run_sequence.h"

namespace stanflow {

// Places in a context over which its running is measured, so that drift shows: [begin, end).
struct RunBand {
  size_t begin = 0;
  size_t end = std::numeric_limits<size_t>::max();
};

// 32 to 199, 200 to 499, 500 to 999, and all that follow.
absl::Span<const RunBand> RunBands();

// What the rows of one band are like. Shares are 0 to 1; NaN where there is nothing to take a share of.
struct BandFigures {
  uint64_t rows = 0;
  double delta_0 = 0;           // rows in the same second as the one before
  double previous_address = 0;  // rows with the remote address of the one before
  double repeated_tuple = 0;    // rows whose address, protocol and ports an earlier row of the context had
  double one_address_windows =
      0;  // of the windows of 200 rows that end in the band: one address has over 90 %
  double rows_per_host_hour = 0;  // 3600 rows / sum of their time deltas in seconds
};

BandFigures FiguresOf(absl::Span<const RunSequence> runs, const RunBand& band);

// The rows of one band, each behind its two predecessors: rows 3 i and 3 i + 1 of `rows` are those before and
// row 3 i + 2 is the band's. `run[i]` is its sequence. Drawn rows stand behind what they were drawn after.
struct BandRows {
  EvalRows rows;
  std::vector<uint32_t> run;

  size_t size() const { return run.size(); }
  static uint32_t Own(uint32_t i) { return 3 * i + 2; }
  static uint32_t Before(uint32_t i) { return 3 * i + 1; }
  static uint32_t BeforeThat(uint32_t i) { return 3 * i; }
};

// `band` begins at 2 or later.
BandRows BandRowsOf(absl::Span<const RunSequence> runs, const RunBand& band);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_RUN_BANDS_H_
