#ifndef STANFLOW_CORE_EVAL_SCORED_COLUMN_H_
#define STANFLOW_CORE_EVAL_SCORED_COLUMN_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "core/eval/eval_rows.h"

namespace stanflow {

inline constexpr int kEqualBins = 304;  // as in the paper's Figure 5

// How a column's values become bins.
enum class Binning {
  kCategories,   // value v is bin v
  kEqual,        // 304 equal bins from the real set's smallest to its largest value
  kWholeSeconds  // 304 bins of one second from 0 on
};

// The scale on which equal bins are cut.
enum class Scale { kAsIs, kLn, kLn1p };

// A column whose distribution is compared.
struct ScoredColumn {
  std::string_view name;  // as in report.json
  std::string_view unit;  // empty: none
  Binning binning;
  Scale scale;
  int categories;  // kCategories: how many values there are
  // Raw value; none where the row has none.
  std::optional<double> (*value)(const EvalRows& rows, size_t i);
};

absl::Span<const ScoredColumn> ScoredColumns();

// On the column's scale; zero bytes or packets count as one.
double OnScale(Scale scale, double raw);
double FromScale(Scale scale, double x);

// The bins of one column. Both outer ones are open: what lies beyond an edge counts in them.
class Bins {
 public:
  // Edges are cut on all of `real`.
  Bins(const ScoredColumn& column, const EvalRows& real);
  int count() const { return count_; }
  int Of(double raw) const;
  // Lower edge of bin i, in the column's unit; i = count() is the upper end.
  double Edge(int i) const;

 private:
  const ScoredColumn* column_;
  int count_;
  double lo_, width_;  // on the scale
};

// Sum of weights a bin; the rows without a value are left out. `weights` is one a row.
std::vector<double> BinWeights(const ScoredColumn& column, const Bins& bins, const EvalRows& rows,
                               absl::Span<const uint32_t> chosen, absl::Span<const double> weights);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_SCORED_COLUMN_H_
