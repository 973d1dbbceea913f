#ifndef STANFLOW_CORE_EVAL_COMPARISON_H_
#define STANFLOW_CORE_EVAL_COMPARISON_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "core/eval/clock_hours.h"
#include "core/eval/eval_rows.h"
#include "core/eval/host_hours.h"
#include "core/eval/metric.h"
#include "core/eval/sampling.h"
#include "nlohmann/json_fwd.hpp"

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

// Which of the comparisons one is.
enum class Compared { kSynthetic, kHalves, kB1 };

// One of each, such as the figures of its draws.
template <typename T>
struct ByCompared {
  T synthetic, halves, b1;

  T& operator[](Compared which) {
    return which == Compared::kSynthetic ? synthetic : which == Compared::kHalves ? halves : b1;
  }
};

// What is to be drawn: two sides, and the key of each one's random choice.
struct ComparedDraw {
  Compared which;
  const Comparison& sides;
  ChoiceKey a, b;
};

// Calls `draw` `repeats` times for each of `sides` that there is, one call after another; `halves` has as
// many pairs or none. `purpose` and the three numbers above it name the measure's choices: of rows that are
// judged, of real rows beside them, and of either half. CANCELLED once the evaluation is asked to stop.
absl::Status ForEachDraw(const EvalInput& input, const Comparisons& sides, int repeats, uint32_t purpose,
                         absl::FunctionRef<void(const ComparedDraw&)> draw);

struct MeanAndDeviation {
  double mean, deviation;  // sample deviation; NaN of one value
};

// `values` has at least one.
MeanAndDeviation Summarise(const std::vector<double>& values);

// Null where `x` is no number.
nlohmann::json FiniteOrNull(double x);

// Names in a report of what AddSummary adds.
struct SummaryFields {
  std::string value = "value", floor = "floor", b1 = "b1";
};

// Adds to `out` the means over the draws, and the floor's deviation as "<floor>_sd". A draw that found no
// number counts nowhere; what no draw found is null, such as the floor of a single host-hour. The field of B1
// is there where B1 was drawn from.
void AddSummary(const ByCompared<std::vector<double>>& draws, const SummaryFields& fields,
                nlohmann::json* out);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_COMPARISON_H_
