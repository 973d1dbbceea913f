#ifndef STANFLOW_CORE_CODEC_MARGINAL_COUNTS_H_
#define STANFLOW_CORE_CODEC_MARGINAL_COUNTS_H_

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "core/flow/host_row.h"

namespace stanflow {

// How often each value of each attribute occurs in the training rows: what codecs are fitted
// to. Memory is bounded by `max_distinct` values an attribute; rows whose value finds no
// place any more are counted in `dropped`. One thread at a time.
class MarginalCounts {
 public:
  explicit MarginalCounts(size_t max_distinct = 1 << 20) : max_distinct_(max_distinct) {}

  void Add(const HostRow& row);

  uint64_t rows() const { return rows_; }
  uint64_t dropped(Attribute a) const { return dropped_[static_cast<int>(a)]; }
  // Ascending values with their counts; for kRemoteAddress use Octet.
  std::vector<std::pair<uint64_t, uint64_t>> Sorted(Attribute a) const;
  // Counts of octet `i` (0 is the first) of the remote address.
  const std::array<uint64_t, 256>& Octet(int i) const { return octets_[i]; }
  // The greatest common divisor of all values seen: the column's resolution. 1 if all are 0.
  uint64_t Resolution(Attribute a) const;

 private:
  size_t max_distinct_;
  uint64_t rows_ = 0;
  std::array<uint64_t, kNumAttributes> dropped_{};
  std::array<absl::flat_hash_map<uint64_t, uint64_t>, kNumAttributes> counts_;
  std::array<std::array<uint64_t, 256>, 4> octets_{};
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_CODEC_MARGINAL_COUNTS_H_
