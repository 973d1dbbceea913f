#ifndef STANFLOW_CORE_CODEC_CLASS_CODEC_H_
#define STANFLOW_CORE_CODEC_CLASS_CODEC_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace stanflow {

// How a value is reached through classes. A value may have two routes, its own class and the
// bin around it; its mass is the sum over both:
//   P(value) = P(cls) exp(log_share) + P(alt) exp(alt_log_share)      (no second term if alt < 0)
struct Code {
  int32_t cls = 0;
  int32_t alt = -1;
  float log_share = 0;
  float alt_log_share = 0;
};

// Integers as classes of a softmax head. Classes, in this order:
//   values   one class per frequent value;
//   bins     the values v with edge[b] * given <= v < edge[b+1] * given, equally likely inside;
//   other    one class for a table of rare values with fixed shares (only without bins).
// `given` scales the bins: bytes are binned per packet, everything else has given = 1.
// Values are counted in `unit`s: the resolution of the column.
// The masses of all values add up to 1 whatever the head says. Immutable; thread-safe.
class ClassCodec {
 public:
  struct Options {
    std::vector<uint64_t> values;  // ascending, in units
    std::vector<uint64_t> edges;   // ascending, in units; empty: no bins
    std::vector<std::pair<uint64_t, double>>
        other;                     // ascending values; shares add up to 1; empty: no such class
    uint64_t unit = 1;             // recorded resolution of the column
    bool scaled_by_given = false;  // bins are multiples of `given`
  };
  // INVALID_ARGUMENT where a list is out of order or no value would have a class.
  static absl::StatusOr<ClassCodec> Create(Options options);
  static absl::StatusOr<ClassCodec> FromJson(const nlohmann::json& json);
  nlohmann::json ToJson() const;

  int num_classes() const;
  // Values that no class holds are moved to the nearest one that does (InRange tells).
  Code Encode(uint64_t value, uint64_t given = 1) const;
  bool InRange(uint64_t value, uint64_t given = 1) const;
  // A value of the class; `u` in [0, 1) makes the choice inside it.
  uint64_t Decode(int cls, double u, uint64_t given = 1) const;
  // Share of the class's mass on values in [low, high).
  double ShareWithin(int cls, double low, double high, uint64_t given = 1) const;

  const Options& options() const { return options_; }

 private:
  explicit ClassCodec(Options options);
  uint64_t Factor(uint64_t given) const;            // what the edges are multiplied with
  int BinOf(uint64_t units, uint64_t given) const;  // -1: below the first or above the last edge

  Options options_;
  absl::flat_hash_map<uint64_t, int32_t> class_of_value_;
  absl::flat_hash_map<uint64_t, float> other_log_share_;
  std::vector<double> other_up_to_;  // sum of the shares of options_.other[0..i]
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_CODEC_CLASS_CODEC_H_
