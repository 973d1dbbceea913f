#ifndef STANFLOW_CORE_GENERATE_BASELINES_B1_MODEL_H_
#define STANFLOW_CORE_GENERATE_BASELINES_B1_MODEL_H_

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "core/base/philox.h"
#include "core/eval/scorer.h"
#include "core/flow/host_row.h"
#include "core/generate/baselines/gaussian_mixture.h"
#include "core/generate/baselines/histogram.h"
#include "nlohmann/json_fwd.hpp"

namespace stanflow {

// The paper's baseline B1: every column on its own, every row on its own. Mixtures of seven
// normals over ln bytes, ln packets, duration and time delta (seconds); marginal frequencies
// for the others, the remote address as four octets.
//
// A mixture gives an integer the mass between its neighbours' midpoints; the lowest value's
// interval is open below, the highest's above, so the masses of a column sum to 1:
//   bytes, packets  0 has (-inf, ln 0.5], n has (ln(n - 0.5), ln(n + 0.5)]; from 2^24 on its
//                   density times 1/n, which is the same to 1e-8
//   time delta      n has (n - 0.5, n + 0.5] seconds
//   duration        n steps have (n - 0.5, n + 0.5] steps; a step is what divides all training
//                   durations. What lies between steps n and n + 1 shares 1/(rows + 2) of step n's mass.
// Immutable: safe to use concurrently.
class B1Model {
 public:
  struct Parts {
    std::vector<Histogram> octets;  // of the remote address, the first octet first; four
    // All set; optional because a histogram is never empty.
    std::optional<Histogram> direction, protocol, local_port, remote_port, tcp_flags, tos;
    GaussianMixture ln_packets, ln_bytes, duration_s, time_delta_s;
    uint32_t duration_step_ms = 1;  // at least 1
    uint64_t rows = 0;              // fitted from
  };
  explicit B1Model(Parts parts);

  // -ln of the mass of the row's value; finite for every value.
  double Nats(Attribute attribute, uint64_t value) const;
  RowNats Score(const HostRow& row) const;
  // A row whose clock is `clock_ms` plus the drawn delta. `key.slot` is set here.
  HostRow Draw(DrawKey key, int64_t clock_ms) const;

  uint64_t parameters() const;
  uint64_t memory_bytes() const;
  uint32_t duration_step_ms() const { return parts_.duration_step_ms; }

  nlohmann::json ToJson() const;
  // DATA_LOSS names the column that is wrong.
  static absl::StatusOr<B1Model> FromJson(const nlohmann::json& json);

 private:
  const Histogram& HistogramOf(Attribute attribute) const;
  double DurationNats(uint64_t ms) const;
  uint32_t DrawDuration(DrawKey key) const;

  Parts parts_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_BASELINES_B1_MODEL_H_
