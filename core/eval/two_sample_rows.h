#ifndef STANFLOW_CORE_EVAL_TWO_SAMPLE_ROWS_H_
#define STANFLOW_CORE_EVAL_TWO_SAMPLE_ROWS_H_

#include <cstdint>
#include <vector>

#include "core/eval/eval_rows.h"
#include "core/eval/host_hours.h"

namespace stanflow {

// One set as the two-sample classifier sees it: a row beside its two predecessors of the same host-hour.
class TwoSampleRows {
 public:
  static constexpr uint32_t kPredecessors = 2;
  // 14 columns (ScoredColumns()) of the row and of both predecessors, then for each of the two which of the
  // eleven attributes equal the row's.
  static constexpr size_t kWidth = 14 * (1 + kPredecessors) + 11 * kPredecessors;

  // `rows` must outlive this.
  explicit TwoSampleRows(const EvalRows& rows);

  // In order: the rows that have both predecessors.
  std::vector<uint32_t> Eligible() const;
  // kWidth numbers; NaN where a row has no time delta.
  std::vector<float> Features(uint32_t row) const;
  const HostHours& units() const { return units_; }

 private:
  const EvalRows* rows_;
  HostHours units_;
  HostHourOrder order_;
  std::vector<uint32_t> position_;  // of each row in order_
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_TWO_SAMPLE_ROWS_H_
