#ifndef STANFLOW_CORE_DATASET_HOLDOUT_H_
#define STANFLOW_CORE_DATASET_HOLDOUT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace stanflow {

// Which rows training never reads. Decided by the row alone, so that it can't drift.
struct Holdout {
  enum class Kind { kNone, kHoursOdd, kHoursEven, kHosts, kAfter };
  Kind kind = Kind::kNone;
  double share = 0;      // kHosts: share of hosts, chosen by a hash of the address
  int64_t after_ms = 0;  // kAfter: rows that end at or after it

  // "none", "hours=odd", "hours=even", "hosts=0.2", "after=2016-04-11T12:00:00Z".
  static absl::StatusOr<Holdout> Parse(std::string_view text);
  std::string ToString() const;
  // Whether sequences are hours of the clock.
  bool cuts_hours() const { return kind == Kind::kHoursOdd || kind == Kind::kHoursEven; }
  // `home_address` is the row's home host.
  bool Contains(uint32_t home_address, int64_t end_ms) const;
};

// The stretch of the clock around `end_ms` that no border of the hold-out crosses.
struct HoldoutBlock {
  int64_t start_ms = 0;           // zero of a sequence's clock, see Sequence::start_ms
  std::optional<int64_t> end_ms;  // rows that end at or after it belong to another block
};
// `first_end_ms` is the dataset's first row.
HoldoutBlock BlockOf(const Holdout& holdout, int64_t end_ms, int64_t first_end_ms);

}  // namespace stanflow

#endif  // STANFLOW_CORE_DATASET_HOLDOUT_H_
