#include "core/generate/baselines/histogram.h"

#include <algorithm>

#include "nlohmann/json.hpp"

namespace stanflow {

Histogram::Histogram(std::vector<uint64_t> counts) : counts_(std::move(counts)) {
  uint64_t total = 0, singles = 0;
  for (uint64_t c : counts_) {
    total += c;
    seen_ += c > 0;
    singles += c == 1;
  }
  const uint64_t unseen = counts_.size() - seen_;
  const double escape = unseen == 0 ? 0 : (singles + 1.0) / (total + 2.0);
  // Without a single row there is nothing but the escape.
  const double kept = total == 0 ? 0 : 1 - escape;
  const double unseen_mass = unseen == 0 ? 0 : (1 - kept) / unseen;
  mass_.reserve(counts_.size());
  cumulative_.reserve(counts_.size());
  double sum = 0;
  for (uint64_t c : counts_) {
    mass_.push_back(c == 0 ? unseen_mass : kept * c / total);
    cumulative_.push_back(sum += mass_.back());
  }
}

uint32_t Histogram::Draw(double uniform) const {
  const auto it = std::upper_bound(cumulative_.begin(), cumulative_.end(), uniform * cumulative_.back());
  return static_cast<uint32_t>(std::min<size_t>(it - cumulative_.begin(), cumulative_.size() - 1));
}

nlohmann::json Histogram::ToJson() const {
  nlohmann::json values = nlohmann::json::array(), counts = nlohmann::json::array();
  for (size_t v = 0; v < counts_.size(); ++v) {
    if (counts_[v] == 0) continue;
    values.push_back(v);
    counts.push_back(counts_[v]);
  }
  return {{"size", counts_.size()}, {"values", std::move(values)}, {"counts", std::move(counts)}};
}

absl::StatusOr<Histogram> Histogram::FromJson(const nlohmann::json& json, size_t size) {
  if (!json.is_object() || !json.contains("size") || !json.contains("values") || !json.contains("counts") ||
      json["size"] != size || !json["values"].is_array() || !json["counts"].is_array() ||
      json["values"].size() != json["counts"].size()) {
    return absl::DataLossError("a histogram is not of the size that its column needs");
  }
  std::vector<uint64_t> counts(size);
  for (size_t i = 0; i < json["values"].size(); ++i) {
    const auto& value = json["values"][i];
    const auto& count = json["counts"][i];
    if (!value.is_number_unsigned() || !count.is_number_unsigned() || value.get<uint64_t>() >= size) {
      return absl::DataLossError("a histogram holds a value outside of its column");
    }
    counts[value.get<uint64_t>()] = count.get<uint64_t>();
  }
  return Histogram(std::move(counts));
}

}  // namespace stanflow
