#ifndef STANFLOW_CORE_GENERATE_BASELINES_ATTRIBUTE_BINS_H_
#define STANFLOW_CORE_GENERATE_BASELINES_ATTRIBUTE_BINS_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/flow/attribute.h"

namespace stanflow {

// The values of one attribute cut into runs, so that how often they meet can be counted. The first
// run begins at 0, the last has no end, and every run holds a value. Immutable.
//   bytes, packets  304 equal bins of the logarithm up to the largest value (those that hold a whole number)
//   duration        304 equal bins, cut at multiples of the column's step
//   time delta      whole seconds to 302, then all others
//   ports           304 equal bins
//   the others      each value
class AttributeBins {
 public:
  // `largest`: of the training rows. `step`: of durations, ms; the others' is 1.
  static AttributeBins Cut(Attribute attribute, uint64_t largest, uint64_t step);
  // As Firsts() gave them. DATA_LOSS unless they begin at 0 and rise.
  static absl::StatusOr<AttributeBins> FromFirsts(const std::vector<int64_t>& firsts);

  // DATA_LOSS unless such bins may be `attribute`'s: runs that hold values which it has, durations cut at
  // multiples of `step`, each value a run of its own where Cut makes it one.
  absl::Status CheckSuits(Attribute attribute, uint64_t step) const;

  int count() const { return static_cast<int>(firsts_.size()); }
  int Of(uint64_t value) const;
  // Smallest and largest value of a run.
  uint64_t First(int bin) const { return firsts_[bin]; }
  uint64_t Last(int bin) const;
  std::vector<int64_t> Firsts() const { return {firsts_.begin(), firsts_.end()}; }

 private:
  explicit AttributeBins(std::vector<uint64_t> firsts) : firsts_(std::move(firsts)) {}
  std::vector<uint64_t> firsts_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_BASELINES_ATTRIBUTE_BINS_H_
