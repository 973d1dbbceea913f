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

 private:
  std::vector<double> cuts_;  // ascending
};

// Mutual information in nats of a table of non-negative weights with `columns` columns, row after row: the
// plug-in estimate, sum of p(x, y) ln(p(x, y) / (p(x) p(y))). 0 without weight.
double MutualInformation(absl::Span<const double> table, int columns);

// Of every pair of the columns of `bins`, which are those of ScoredColumns(): (0, 1), (0, 2), ... A row that
// lacks a value of either column is left out of that pair.
std::vector<double> Associations(const EvalRows& rows, const Sample& sample,
                                 const std::vector<QuantileBins>& bins);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_ASSOCIATION_H_
