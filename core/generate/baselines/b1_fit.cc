#include "core/generate/baselines/b1_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/base/philox.h"
#include "core/base/status_macros.h"
#include "core/generate/baselines/validation_split.h"

namespace stanflow {
namespace {

// Stream of random numbers within a seed.
constexpr uint32_t kReservoirStream = 1;

// Where the work's parts end, roughly by their time: the pass over the rows in the fit, the fit in all.
constexpr double kCollected = 0.45, kFitted = 0.9;

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

  absl::StatusOr<B1Model> Fit(const FitWatch& watch) {
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
      STANFLOW_RETURN_IF_ERROR(watch.CheckStop());
      GaussianMixtureFitOptions fit;
      fit.seed = seed_ + i;
      STANFLOW_ASSIGN_OR_RETURN(*mixtures[i], FitGaussianMixture(numbers_[i], fit));
      watch.Report((i + 1.0) / kMixtures);
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

}  // namespace

absl::StatusOr<std::shared_ptr<const B1Model>> FitB1Sequences(const Dataset& dataset,
                                                              const std::vector<Sequence>& sequences,
                                                              const B1FitOptions& options,
                                                              const FitWatch& watch) {
  Collector collector(options.seed, options.mixture_rows);
  STANFLOW_RETURN_IF_ERROR(
      ReadSequences(dataset, sequences, watch.Part(0, kCollected), [&](const std::vector<HostRow>& rows) {
        for (const HostRow& row : rows) collector.Add(row);
        return absl::OkStatus();
      }));
  STANFLOW_ASSIGN_OR_RETURN(B1Model model, collector.Fit(watch.Part(kCollected, 1)));
  return std::make_shared<const B1Model>(std::move(model));
}

absl::StatusOr<B1Fit> FitB1Model(const Dataset& dataset, const B1FitOptions& options) {
  STANFLOW_ASSIGN_OR_RETURN(const ValidationSplit split,
                            SplitForValidation(dataset, options.seed, options.validation_one_in));
  STANFLOW_ASSIGN_OR_RETURN(auto model,
                            FitB1Sequences(dataset, split.fit, options, options.Part(0, kFitted)));
  STANFLOW_ASSIGN_OR_RETURN(
      const ValidationScore score,
      ScoreSequences(*MakeRowScorer(model), dataset, split.validate, options.Part(kFitted, 1)));
  return B1Fit{model, model->rows(), score.rows, score.nats};
}

}  // namespace stanflow
