#ifndef STANFLOW_CORE_EVAL_COMPARISON_H_
#define STANFLOW_CORE_EVAL_COMPARISON_H_

#include <cstdint>
#include <vector>

#include "core/eval/clock_hours.h"
#include "core/eval/eval_rows.h"
#include "core/eval/host_hours.h"
#include "core/eval/metric.h"
#include "core/eval/sampling.h"

namespace stanflow {

// Rows of one set that a comparison may draw from, and the weight of each by its clock hour.
struct Side {
  const EvalRows* rows;
  std::vector<uint32_t> pool;
  HourShares row_weight;
};

Side Unweighted(const EvalRows& rows, std::vector<uint32_t> pool);
// `pool` as far as its clock hours get any weight.
Side Weighted(const EvalRows& rows, const std::vector<uint32_t>& pool, const HourShares& target);

struct Sample {
  std::vector<uint32_t> rows;
  std::vector<double> weights;  // sum to the number of rows
};

// `count` rows without replacement.
Sample Draw(const Side& side, size_t count, const ChoiceKey& key);

struct Comparison {
  Side a, b;
};

// The rows of each set that may be compared, in order. `b1` is not looked at without a baseline.
struct Pools {
  std::vector<uint32_t> real, synthetic, b1;
};

// Everything that a measure sets side by side: the synthetic rows and B1's, as they are, with real rows
// weighted to their clock hours; and real with real, both sides weighted to the synthetic rows' hours.
struct Comparisons {
  Comparison synthetic;            // a: synthetic, b: real
  std::vector<Comparison> halves;  // disjoint halves of the host-hours, one a repeat; none if there is one
  std::vector<Comparison> b1;      // one or none; a: B1, b: real
  double borrowed = 0;             // HourMatch::borrowed of the real rows

  // Rows in the smallest of all pools.
  size_t SmallestPool() const;
};

Comparisons Compare(const EvalInput& input, const HostHours& units, const Pools& pools, int repeats);

struct MeanAndDeviation {
  double mean, deviation;  // sample deviation; NaN of one value
};

// `values` has at least one.
MeanAndDeviation Summarise(const std::vector<double>& values);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_COMPARISON_H_
