#ifndef STANFLOW_CORE_EVAL_TWO_SAMPLE_ROWS_H_
#define STANFLOW_CORE_EVAL_TWO_SAMPLE_ROWS_H_

#include <cstdint>
#include <vector>

#include "core/eval/eval_rows.h"
#include "core/eval/host_hours.h"

namespace stanflow {

// Numbers by which the two-sample classifier knows a row: 14 columns (ScoredColumns()) of the row and of its
// two predecessors, then for each of the two which of the eleven attributes equal the row's.
inline constexpr size_t kTwoSampleWidth = 14 * 3 + 11 * 2;

// kTwoSampleWidth of them; NaN where a row has no time delta. `before` and `before_that` are its
// predecessors.
std::vector<float> TwoSampleFeatures(const EvalRows& rows, uint32_t row, uint32_t before,
                                     uint32_t before_that);

// One set as the two-sample classifier sees it: a row beside its two predecessors of the same host-hour.
class TwoSampleRows {
 public:
  // `rows` must outlive this.
  explicit TwoSampleRows(const EvalRows& rows);

  // In order: the rows that have both predecessors.
  std::vector<uint32_t> Eligible() const;
  // Of an eligible row.
  std::vector<float> Features(uint32_t row) const;
  const HostHours& units() const { return units_; }

 private:
  const EvalRows* rows_;
  HostHours units_;
  HostHourOrder order_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_TWO_SAMPLE_ROWS_H_
