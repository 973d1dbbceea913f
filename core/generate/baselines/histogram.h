#ifndef STANFLOW_CORE_GENERATE_BASELINES_HISTOGRAM_H_
#define STANFLOW_CORE_GENERATE_BASELINES_HISTOGRAM_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "nlohmann/json_fwd.hpp"

namespace stanflow {

// The marginal distribution of a discrete column with values 0 to size - 1: relative
// frequencies, and an escape to what was never seen. The escape's mass is the share of values
// that were seen once (Good and Turing), add-one smoothed, spread evenly over the unseen
// values; without unseen values there is none. So every value has mass and they sum to 1.
// Immutable: safe to use concurrently.
class Histogram {
 public:
  // `counts[v]` is how often v was seen.
  explicit Histogram(std::vector<uint64_t> counts);

  double Mass(uint32_t value) const { return mass_[value]; }
  // The value whose share of [0, 1) holds `uniform`.
  uint32_t Draw(double uniform) const;
  size_t size() const { return mass_.size(); }
  // Values that were seen: the number of free parameters, near enough.
  uint64_t seen() const { return seen_; }

  // {"size": S, "values": [...], "counts": [...]}, the seen values only.
  nlohmann::json ToJson() const;
  // DATA_LOSS says what does not fit; `size` is what the column needs.
  static absl::StatusOr<Histogram> FromJson(const nlohmann::json& json, size_t size);

 private:
  std::vector<uint64_t> counts_;
  std::vector<double> mass_;
  std::vector<double> cumulative_;
  uint64_t seen_ = 0;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_BASELINES_HISTOGRAM_H_
