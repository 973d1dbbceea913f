#include "core/gan/condition_sampler.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"

namespace stanflow {
namespace {

// The class whose share of [0, 1) holds `u`.
int Pick(const std::vector<double>& up_to, double u) {
  const auto it = std::upper_bound(up_to.begin(), up_to.end(), u * up_to.back());
  return static_cast<int>(std::min<size_t>(it - up_to.begin(), up_to.size() - 1));
}

}  // namespace

void ConditionSampler::Accumulate(Column* column) {
  double data = 0, log = 0;
  for (uint64_t count : column->counts) {
    column->data_up_to.push_back(data += static_cast<double>(count));
    column->log_up_to.push_back(log += std::log1p(static_cast<double>(count)));
  }
}

ConditionSampler::ConditionSampler(const TableCodec& codec, const EncodedTable& rows)
    : column_of_span_(codec.spans().size(), -1) {
  for (size_t s = 0; s < codec.spans().size(); ++s) {
    const EncodedSpan& span = codec.spans()[s];
    if (span.condition < 0) continue;
    Column column;
    column.span = static_cast<int>(s);
    column.counts.resize(span.width);
    for (const SpanValue& v : rows.values[s]) ++column.counts[v.cls];
    column.first.push_back(0);
    for (uint64_t count : column.counts) column.first.push_back(column.first.back() + count);
    column.rows.resize(rows.rows());
    std::vector<uint64_t> next = column.first;
    for (size_t r = 0; r < rows.rows(); ++r) {
      column.rows[next[rows.values[s][r].cls]++] = static_cast<uint32_t>(r);
    }
    Accumulate(&column);
    column_of_span_[s] = static_cast<int>(columns_.size());
    columns_.push_back(std::move(column));
  }
}

Condition ConditionSampler::Draw(ClassFrequency frequency, double column, double cls) const {
  const Column& c = columns_[static_cast<size_t>(column * static_cast<double>(columns_.size()))];
  return {c.span, Pick(frequency == ClassFrequency::kData ? c.data_up_to : c.log_up_to, cls)};
}

uint32_t ConditionSampler::RowWith(const Condition& condition, double u) const {
  const Column& c = columns_[column_of_span_[condition.span]];
  const uint64_t first = c.first[condition.cls], count = c.counts[condition.cls];
  return c.rows[first + static_cast<uint64_t>(u * static_cast<double>(count))];
}

nlohmann::json ConditionSampler::ToJson() const {
  nlohmann::json json = nlohmann::json::array();
  for (const Column& column : columns_) json.push_back(column.counts);
  return json;
}

absl::StatusOr<ConditionSampler> ConditionSampler::FromJson(const TableCodec& codec,
                                                            const nlohmann::json& counts) {
  ConditionSampler sampler;
  sampler.column_of_span_.assign(codec.spans().size(), -1);
  try {
    for (size_t s = 0; s < codec.spans().size(); ++s) {
      if (codec.spans()[s].condition < 0) continue;
      Column column;
      column.span = static_cast<int>(s);
      column.counts = counts.at(sampler.columns_.size()).get<std::vector<uint64_t>>();
      Accumulate(&column);
      if (static_cast<int>(column.counts.size()) != codec.spans()[s].width || column.data_up_to.back() <= 0) {
        return absl::DataLossError(
            absl::StrCat("class counts ", sampler.columns_.size(), " do not fit their column or are all 0"));
      }
      sampler.column_of_span_[s] = static_cast<int>(sampler.columns_.size());
      sampler.columns_.push_back(std::move(column));
    }
    if (counts.size() != sampler.columns_.size()) {
      return absl::DataLossError("there are more class counts than discrete columns");
    }
  } catch (const nlohmann::json::exception& e) {
    return absl::DataLossError(absl::StrCat("class counts: ", e.what()));
  }
  return sampler;
}

}  // namespace stanflow
