#ifndef STANFLOW_CORE_EVAL_RUN_SEQUENCE_H_
#define STANFLOW_CORE_EVAL_RUN_SEQUENCE_H_

#include <cstddef>
#include <vector>

#include "core/flow/host_row.h"

namespace stanflow {

// One context's drawn rows beside what stood before each. A plain value.
struct RunSequence {
  // The context's first rows, which are real and were not drawn.
  std::vector<HostRow> window;
  std::vector<HostRow> rows;
  // One step ahead: what really came instead of each of `rows`, and so what stood before the next one;
  // then `rows[i]` was drawn given window, truth[0] .. truth[i - 1]. Empty when running free.
  std::vector<HostRow> truth;

  // Place of rows[i] in its context, from 0.
  size_t Position(size_t i) const { return window.size() + i; }
  // The row `back` (from 1) places before rows[i], null where the context has none.
  const HostRow* Before(size_t i, size_t back) const {
    if (back > Position(i)) return nullptr;
    const size_t position = Position(i) - back;
    if (position < window.size()) return &window[position];
    const std::vector<HostRow>& past = truth.empty() ? rows : truth;
    return &past[position - window.size()];
  }
};

// What a model made of some real contexts when it ran in three ways, which part its error from its drift
// (docs/measures.md). A plain value.
struct ModelRuns {
  std::vector<RunSequence> real;          // the contexts themselves: nothing in them was drawn
  std::vector<RunSequence> one_step;      // every row given the real rows before it
  std::vector<RunSequence> from_window;   // given a context's first rows, then its own; of those long enough
  std::vector<RunSequence> from_nothing;  // given its own rows alone
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_RUN_SEQUENCE_H_
