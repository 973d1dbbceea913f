#ifndef STANFLOW_CORE_CODEC_CONTINUOUS_CODEC_H_
#define STANFLOW_CORE_CODEC_CONTINUOUS_CODEC_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "nlohmann/json.hpp"

namespace stanflow {

// A Gaussian mixture over the scaled value, as a mixture density layer gives it (STAN, equation 6).
struct MixtureView {
  absl::Span<const float> log_weights;  // normalised
  absl::Span<const float> means;
  absl::Span<const float> log_deviations;
};

// An integer column as a scaled real number for a mixture density head (STAN section 8.2):
// scaled = f(value) / scale, f the identity or the natural logarithm.
// The mixture is cut to [min, max] and normalised; the mass of an integer is a difference of
// its distribution function half a unit around it. Immutable; thread-safe.
class ContinuousCodec {
 public:
  struct Options {
    bool logarithmic = false;
    double scale = 1;   // in the units of f(value)
    uint64_t unit = 1;  // recorded resolution of the column
    uint64_t min = 0;   // smallest and largest value, multiples of `unit`; min >= 1 if logarithmic
    uint64_t max = 1;
  };
  static absl::StatusOr<ContinuousCodec> Create(Options options);
  static absl::StatusOr<ContinuousCodec> FromJson(const nlohmann::json& json);
  nlohmann::json ToJson() const;

  // Values outside [min, max] are moved to the nearer end.
  double Encode(uint64_t value) const;
  // The value whose half-unit surroundings hold `scaled`.
  uint64_t Decode(double scaled) const;

  // ln of the mass of `value`; all values' masses add up to 1.
  double LogMass(const MixtureView& mixture, uint64_t value) const;
  // ln of the mass of values v with low <= f(v) < high, without rounding to whole values (paper's bins).
  double LogMassBetween(const MixtureView& mixture, double low, double high) const;
  // Draws from the cut mixture: `u_component` chooses the component, `u_value` the value.
  uint64_t Sample(const MixtureView& mixture, double u_component, double u_value) const;

  const Options& options() const { return options_; }

 private:
  explicit ContinuousCodec(Options options);
  double Scale(double value) const;

  Options options_;
  double low_ = 0, high_ = 0;  // cut points on the scaled axis
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_CODEC_CONTINUOUS_CODEC_H_
