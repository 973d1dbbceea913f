#include "core/generate/baselines/b1_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "core/base/philox.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

// Streams of random numbers within one seed.
constexpr uint32_t kReservoirStream = 1, kValidationStream = 2;

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
    for (auto& octet : octets_) parts.octets.emplace_back(std::move(octet));
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

// The sequences to fit on and those kept back.
void Divide(const std::vector<Sequence>& all, const B1FitOptions& options, std::vector<Sequence>* fit,
            std::vector<Sequence>* validate) {
  for (size_t i = 0; i < all.size(); ++i) {
    const double u = Uniform2({options.seed, kValidationStream, 0, i, 0})[0];
    (u * options.validation_one_in < 1 ? validate : fit)->push_back(all[i]);
  }
  if (fit->empty()) *fit = all;
  if (validate->empty()) {
    validate->push_back(fit->back());
    if (fit->size() > 1) fit->pop_back();
  }
}

absl::Status CheckStop(const B1FitOptions& options) {
  const bool stop = options.stop_requested && options.stop_requested();
  return stop ? absl::CancelledError("stopped while fitting") : absl::OkStatus();
}

}  // namespace

absl::StatusOr<B1Fit> FitB1Model(const Dataset& dataset, const B1FitOptions& options) {
  const std::vector<Sequence> all = dataset.Sequences(Split::kTrain);
  if (all.empty()) {
    return absl::FailedPreconditionError(StrCat("dataset \"", dataset.manifest().name,
                                                "\" has no training rows; import it with another --holdout"));
  }
  std::vector<Sequence> fit, validate;
  Divide(all, options, &fit, &validate);
  Collector collector(options.seed, options.mixture_rows);
  for (size_t i = 0; i < fit.size(); ++i) {
    STANFLOW_RETURN_IF_ERROR(CheckStop(options));
    for (const HostRow& row : dataset.HostRows(fit[i])) collector.Add(row);
    if (options.progress) options.progress(0.4 * (i + 1) / fit.size());
  }
  STANFLOW_ASSIGN_OR_RETURN(B1Model model, collector.Fit(options));
  B1Fit out{std::move(model), collector.rows(), 0, 0};
  double nats = 0;
  for (const Sequence& sequence : validate) {
    STANFLOW_RETURN_IF_ERROR(CheckStop(options));
    for (const HostRow& row : dataset.HostRows(sequence)) {
      for (float n : out.model.Score(row).exact) nats += n;
      ++out.validation_rows;
    }
  }
  out.validation_nats = nats / out.validation_rows;
  if (options.progress) options.progress(1);
  return out;
}

}  // namespace stanflow
