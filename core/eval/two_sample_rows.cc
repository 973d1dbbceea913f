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

constexpr uint32_t kPredecessors = 2;

}  // namespace

std::vector<float> TwoSampleFeatures(const EvalRows& rows, uint32_t row, uint32_t before,
                                     uint32_t before_that) {
  std::vector<float> out;
  out.reserve(kTwoSampleWidth);
  for (const uint32_t i : {row, before, before_that}) {
    for (const ScoredColumn& column : ScoredColumns())
      out.push_back(static_cast<float>(column.value(rows, i).value_or(NAN)));
  }
  for (const uint32_t i : {before, before_that}) {
    for (const Equal equal : kEqualities) out.push_back(equal(rows, row, i));
  }
  return out;
}

TwoSampleRows::TwoSampleRows(const EvalRows& rows)
    : rows_(&rows), units_(HostHoursOf(rows)), order_(OrderByHostHour(units_)) {}

std::vector<uint32_t> TwoSampleRows::Eligible() const {
  std::vector<uint32_t> out;
  for (uint32_t i = 0; i < order_.position.size(); ++i) {
    if (order_.place[order_.position[i]] >= kPredecessors) out.push_back(i);
  }
  return out;
}

std::vector<float> TwoSampleRows::Features(uint32_t row) const {
  const uint32_t* const at = &order_.rows[order_.position[row]];
  return TwoSampleFeatures(*rows_, row, *(at - 1), *(at - 2));
}

}  // namespace stanflow
