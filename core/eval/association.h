#ifndef STANFLOW_CORE_EVAL_ASSOCIATION_H_
#define STANFLOW_CORE_EVAL_ASSOCIATION_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "core/eval/comparison.h"
#include "core/eval/scored_column.h"

namespace stanflow {

// Few bins of one column with about equally many real rows each: a value's bin is the number of cut points
// below it, and cut point j of `bins` is the real value of rank ceil(j n / bins); equal ones count once.
class QuantileBins {
 public:
  // Without a single value there is one bin.
  QuantileBins(const ScoredColumn& column, const EvalRows& real, int bins);
  int count() const { return static_cast<int>(cuts_.size()) + 1; }
  int Of(double raw) const;
  // Largest value of bin i, the last one excepted, which is open.
  double UpperEnd(int i) const { return cuts_[i]; }

 private:
  std::vector<double> cuts_;  // ascending
};

// Mutual information in nats of a table of non-negative weights with `columns` columns, row after row: the
// plug-in estimate, sum of p(x, y) ln(p(x, y) / (p(x) p(y))). 0 without weight.
double MutualInformation(absl::Span<const double> table, int columns);

// The same less what the estimate is too high by on the average (Miller and Madow): with m cells, r rows
// and c columns that hold any weight, (m - r - c + 1) / (2 n), which is (r - 1)(c - 1) / (2 n) where every
// cell is met. So sets of different n can be compared. May be below 0: cut off there, the mean over draws
// would be too high again. `n`: EffectiveRows of the weights.
double CorrectedMutualInformation(absl::Span<const double> table, int columns, double n);

// How many rows of equal weight estimate as well as rows of these weights (Kish); 0 of none.
double EffectiveRows(double sum_of_weights, double sum_of_squares);

// Most bins of a column that Associations takes.
inline constexpr int kMostAssociationBins = 255;

// CorrectedMutualInformation of every pair of the columns of `bins`, which are those of ScoredColumns():
// (0, 1), (0, 2), ... A row that lacks a value of either column is left out of that pair.
std::vector<double> Associations(const EvalRows& rows, const Sample& sample,
                                 const std::vector<QuantileBins>& bins);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_ASSOCIATION_H_
