#include "core/generate/baselines/b1_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "core/base/philox.h"
#include "core/base/status_macros.h"
#include "core/generate/baselines/validation_split.h"

namespace stanflow {
namespace {

// Stream of random numbers within a seed.
constexpr uint32_t kReservoirStream = 1;

// What one pass over the rows collects.
class Collector {
 public:
  Collector(uint64_t seed, size_t mixture_rows) : seed_(seed), capacity_(mixture_rows) {}

  void Add(const HostRow& row) {
    for (int i = 0; i < 4; ++i) ++octets_[i][row.remote_address >> (24 - 8 * i) & 255];
    ++direction_[row.direction & 1];
    ++protocol_[row.protocol];
    ++local_port_[row.local_port];
    ++remote_port_[row.remote_port];
    ++tcp_flags_[row.tcp_flags];
    ++tos_[row.tos];
    duration_step_ms_ = std::gcd(duration_step_ms_, row.duration_ms);
    const size_t place = Place();
    if (place < capacity_) Keep(place, row);
    ++rows_;
  }

  uint64_t rows() const { return rows_; }

  absl::StatusOr<B1Model> Fit(const B1FitOptions& options) {
    B1Model::Parts parts;
    parts.rows = rows_;
    parts.duration_step_ms = std::max(1u, duration_step_ms_);
    for (int i = 0; i < 4; ++i) parts.octets[i].emplace(std::move(octets_[i]));
    parts.direction.emplace(std::move(direction_));
    parts.protocol.emplace(std::move(protocol_));
    parts.local_port.emplace(std::move(local_port_));
    parts.remote_port.emplace(std::move(remote_port_));
    parts.tcp_flags.emplace(std::move(tcp_flags_));
    parts.tos.emplace(std::move(tos_));
    GaussianMixture* const mixtures[] = {&parts.ln_packets, &parts.ln_bytes, &parts.duration_s,
                                         &parts.time_delta_s};
    for (int i = 0; i < kMixtures; ++i) {
      if (options.stop_requested && options.stop_requested())
        return absl::CancelledError("stopped while fitting");
      GaussianMixtureFitOptions fit;
      fit.seed = options.seed + i;
      STANFLOW_ASSIGN_OR_RETURN(*mixtures[i], FitGaussianMixture(numbers_[i], fit));
      if (options.progress) options.progress(0.4 + 0.5 * (i + 1) / kMixtures);
    }
    return B1Model(std::move(parts));
  }

 private:
  static constexpr int kMixtures = 4;

  // Reservoir sampling (Vitter's algorithm R): each row so far is kept with equal probability.
  size_t Place() const {
    if (rows_ < capacity_) return rows_;
    const double u = Uniform2({seed_, kReservoirStream, 0, rows_, 0})[0];
    return static_cast<size_t>(u * (rows_ + 1));
  }
  void Keep(size_t place, const HostRow& row) {
    const std::array<double, kMixtures> values = {std::log(std::max<double>(row.packets, 1)),
                                                  std::log(std::max<double>(row.bytes, 1)),
                                                  row.duration_ms / 1000.0, double(row.time_delta_s)};
    for (int i = 0; i < kMixtures; ++i) {
      if (place == numbers_[i].size()) numbers_[i].push_back(0);
      numbers_[i][place] = values[i];
    }
  }

  const uint64_t seed_;
  const size_t capacity_;
  uint64_t rows_ = 0;
  uint32_t duration_step_ms_ = 0;
  using Counts = std::vector<uint64_t>;
  std::array<Counts, 4> octets_{Counts(256), Counts(256), Counts(256), Counts(256)};
  Counts direction_ = Counts(2), protocol_ = Counts(256), local_port_ = Counts(65536),
         remote_port_ = Counts(65536), tcp_flags_ = Counts(256), tos_ = Counts(256);
  std::array<std::vector<double>, kMixtures> numbers_;
};

absl::Status CheckStop(const B1FitOptions& options) {
  const bool stop = options.stop_requested && options.stop_requested();
  return stop ? absl::CancelledError("stopped while fitting") : absl::OkStatus();
}

}  // namespace

absl::StatusOr<B1Fit> FitB1Model(const Dataset& dataset, const B1FitOptions& options) {
  STANFLOW_ASSIGN_OR_RETURN(const ValidationSplit split,
                            SplitForValidation(dataset, options.seed, options.validation_one_in));
  Collector collector(options.seed, options.mixture_rows);
  for (size_t i = 0; i < split.fit.size(); ++i) {
    STANFLOW_RETURN_IF_ERROR(CheckStop(options));
    for (const HostRow& row : dataset.HostRows(split.fit[i])) collector.Add(row);
    if (options.progress) options.progress(0.4 * (i + 1) / split.fit.size());
  }
  STANFLOW_ASSIGN_OR_RETURN(B1Model model, collector.Fit(options));
  const auto shared = std::make_shared<const B1Model>(std::move(model));
  STANFLOW_ASSIGN_OR_RETURN(const ValidationScore score,
                            ScoreSequences(*MakeRowScorer(shared), dataset, split.validate));
  if (options.progress) options.progress(1);
  return B1Fit{shared, collector.rows(), score.rows, score.nats};
}

}  // namespace stanflow
