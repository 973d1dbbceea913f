#include "core/eval/two_sample_rows.h"

#include <cmath>

#include "core/eval/scored_column.h"
#include "core/flow/attribute.h"

namespace stanflow {
namespace {

using Equal = bool (*)(const EvalRows& r, uint32_t a, uint32_t b);

template <auto column>
bool SameValue(const EvalRows& r, uint32_t a, uint32_t b) {
  return (r.*column)[a] == (r.*column)[b];
}

constexpr Equal kEqualities[] = {
    SameValue<&EvalRows::time_delta_s>, SameValue<&EvalRows::direction>,
    SameValue<&EvalRows::protocol>,     SameValue<&EvalRows::remote_address>,
    SameValue<&EvalRows::local_port>,   SameValue<&EvalRows::remote_port>,
    SameValue<&EvalRows::tcp_flags>,    SameValue<&EvalRows::tos>,
    SameValue<&EvalRows::packets>,      SameValue<&EvalRows::bytes>,
    SameValue<&EvalRows::duration_ms>,
};
static_assert(std::size(kEqualities) == kNumAttributes);

}  // namespace

TwoSampleRows::TwoSampleRows(const EvalRows& rows)
    : rows_(&rows), units_(HostHoursOf(rows)), order_(OrderByHostHour(units_)), position_(rows.size()) {
  for (uint32_t p = 0; p < order_.rows.size(); ++p) position_[order_.rows[p]] = p;
}

std::vector<uint32_t> TwoSampleRows::Eligible() const {
  std::vector<uint32_t> out;
  for (uint32_t i = 0; i < position_.size(); ++i) {
    if (order_.place[position_[i]] >= kPredecessors) out.push_back(i);
  }
  return out;
}

std::vector<float> TwoSampleRows::Features(uint32_t row) const {
  std::vector<float> out;
  out.reserve(kWidth);
  const uint32_t* const at = &order_.rows[position_[row]];
  for (uint32_t k = 0; k <= kPredecessors; ++k) {
    for (const ScoredColumn& column : ScoredColumns())
      out.push_back(static_cast<float>(column.value(*rows_, *(at - k)).value_or(NAN)));
  }
  for (uint32_t k = 1; k <= kPredecessors; ++k) {
    for (const Equal equal : kEqualities) out.push_back(equal(*rows_, row, *(at - k)));
  }
  return out;
}

}  // namespace stanflow
