#ifndef STANFLOW_CORE_EVAL_CLOCK_HOURS_H_
#define STANFLOW_CORE_EVAL_CLOCK_HOURS_H_

#include <array>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "core/eval/eval_rows.h"

namespace stanflow {

// One number for each hour of the day (UTC).
using HourShares = std::array<double, 24>;

// Rows of `chosen` in each clock hour.
HourShares CountHours(const EvalRows& rows, absl::Span<const uint32_t> chosen);

// How the rows of one set have to be weighted to have another set's clock hours.
struct HourMatch {
  // Weight of a row of clock hour h; the weights of the matched set's rows sum to 1.
  HourShares row_weight{};
  // Share of the target whose hour the set lacks: its weight went to the nearest hours around
  // the clock that the set has, half each to two equally near.
  double borrowed = 0;
};

// `target` and `available` are counts; both must hold something.
HourMatch MatchHours(const HourShares& target, const HourShares& available);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_CLOCK_HOURS_H_
