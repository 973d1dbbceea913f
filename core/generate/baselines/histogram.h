#ifndef STANFLOW_CORE_GENERATE_BASELINES_HISTOGRAM_H_
#define STANFLOW_CORE_GENERATE_BASELINES_HISTOGRAM_H_

#include <cstddef>
#include <cstdint>
#include <vector>

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
  // Of the values first to last, both of the column.
  double MassOfRange(uint32_t first, uint32_t last) const;
  // The value whose share of [0, 1) holds `uniform`.
  uint32_t Draw(double uniform) const;
  // The same among the values first to last.
  uint32_t DrawInRange(uint32_t first, uint32_t last, double uniform) const;
  size_t size() const { return mass_.size(); }
  // Values that were seen: the number of free parameters, near enough.
  uint64_t seen() const { return seen_; }

  const std::vector<uint64_t>& counts() const { return counts_; }

 private:
  std::vector<uint64_t> counts_;
  std::vector<double> mass_;
  std::vector<double> cumulative_;
  uint64_t seen_ = 0;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_BASELINES_HISTOGRAM_H_
