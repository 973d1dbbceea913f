#ifndef STANFLOW_CORE_GENERATE_BASELINES_B1_MODEL_H_
#define STANFLOW_CORE_GENERATE_BASELINES_B1_MODEL_H_

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "core/base/philox.h"
#include "core/bundle/safetensors.h"
#include "core/flow/host_row.h"
#include "core/generate/baselines/gaussian_mixture.h"
#include "core/generate/baselines/histogram.h"
#include "core/generate/row_model.h"

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
class B1Model final : public ScoredRowModel {
 public:
  struct Parts {
    // All set; optional because a histogram is never empty.
    std::array<std::optional<Histogram>, 4> octets;  // of the remote address, the first octet first
    std::optional<Histogram> direction, protocol, local_port, remote_port, tcp_flags, tos;
    GaussianMixture ln_packets, ln_bytes, duration_s, time_delta_s;
    uint32_t duration_step_ms = 1;  // at least 1
    uint64_t rows = 0;              // fitted from
  };
  explicit B1Model(Parts parts);

  // -ln of the mass of the row's value; finite for every value.
  double Nats(Attribute attribute, uint64_t value) const;
  // The same over a run of values, for who mixes this model with what it knows of runs
  // (attribute_bins.h). Not of kRemoteAddress. Runs of durations begin at steps and end before one.
  //   LogRunMass       of the values first to last; their own masses sum to it
  //   DrawFromRun      one of them; `key.slot` is set here
  //   LogPaperRunMass  of what of the paper's bin of `value` lies in the run (kPackets, kBytes, kDuration)
  double LogRunMass(Attribute attribute, uint64_t first, uint64_t last) const;
  uint64_t DrawFromRun(Attribute attribute, uint64_t first, uint64_t last, DrawKey key) const;
  double LogPaperRunMass(Attribute attribute, uint64_t value, uint64_t first, uint64_t last) const;

  // Neither looks at `previous`.
  RowNats Score(const HostRow& row, const HostRow* previous) const override;
  HostRow Draw(DrawKey key, int64_t clock_ms, const HostRow* previous) const override;

  uint64_t parameters() const;
  uint64_t memory_bytes() const override;
  uint32_t duration_step_ms() const { return parts_.duration_step_ms; }
  uint64_t rows() const { return parts_.rows; }  // fitted from

  // b1_tensors.cc. Load: DATA_LOSS names the tensor that is wrong.
  void Store(TensorFile* file) const;
  static absl::StatusOr<B1Model> Load(const TensorFile& file);

 private:
  const Histogram& HistogramOf(Attribute attribute) const;
  // Null for an attribute with a histogram.
  const GaussianMixture* MixtureOf(Attribute attribute) const;
  // A run of values on its mixture's axis.
  std::pair<double, double> IntervalOf(Attribute attribute, uint64_t first, uint64_t last) const;
  double DurationNats(uint64_t ms) const;
  // The step nearest to `seconds`, or with the escape's share what lies behind it.
  uint32_t DurationAt(double seconds, DrawKey key) const;

  Parts parts_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_BASELINES_B1_MODEL_H_
