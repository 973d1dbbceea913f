#include "core/codec/continuous_codec.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/codec/normal_mass.h"

namespace stanflow {
namespace {

constexpr double kSqrtHalf = 0.70710678118654752440;
// ln of a mass that no double holds any more: what lies outside of the range costs so much.
constexpr double kNever = -700;

double NormalCdf(double z) { return 0.5 * std::erfc(-z * kSqrtHalf); }

// Mass between a and b of a standard normal, without cancellation in the upper tail.
double NormalBetween(double a, double b) {
  if (a > 0) return 0.5 * (std::erfc(a * kSqrtHalf) - std::erfc(b * kSqrtHalf));
  return NormalCdf(b) - NormalCdf(a);
}

// The point between a and b that leaves the share u of their mass below it. Bisection: exact
// to the last bits, the same on every machine whose erfc agrees, and off the hot path.
double NormalQuantileBetween(double a, double b, double u) {
  a = std::max(a, -40.0);
  b = std::min(b, 40.0);
  const double goal = u * NormalBetween(a, b);
  double low = a, high = b;
  for (int i = 0; i < 60 && low < high; ++i) {
    const double middle = 0.5 * (low + high);
    (NormalBetween(a, middle) < goal ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

double LogMixtureMass(const MixtureView& mixture, double a, double b) {
  std::vector<double> terms(mixture.means.size());
  for (size_t k = 0; k < terms.size(); ++k) {
    const double inverse = std::exp(-static_cast<double>(mixture.log_deviations[k]));
    terms[k] = static_cast<double>(mixture.log_weights[k]) +
               LogNormalMass((a - mixture.means[k]) * inverse, (b - mixture.means[k]) * inverse);
  }
  return LogSumExp(terms);
}

}  // namespace

absl::StatusOr<ContinuousCodec> ContinuousCodec::Create(Options options) {
  if (options.unit == 0 || !(options.scale > 0) || options.max < options.min) {
    return absl::InvalidArgumentError("continuous codec: unit, scale and range must be positive");
  }
  if (options.logarithmic && options.min < 1) {
    return absl::InvalidArgumentError("continuous codec: a logarithmic column starts at 1");
  }
  return ContinuousCodec(options);
}

ContinuousCodec::ContinuousCodec(Options options) : options_(options) {
  const double half = 0.5 * static_cast<double>(options_.unit);
  low_ = Scale(static_cast<double>(options_.min) - half);
  high_ = Scale(static_cast<double>(options_.max) + half);
}

double ContinuousCodec::Scale(double value) const {
  return (options_.logarithmic ? std::log(value) : value) / options_.scale;
}

double ContinuousCodec::Encode(uint64_t value) const {
  return Scale(static_cast<double>(std::clamp(value, options_.min, options_.max)));
}

uint64_t ContinuousCodec::Decode(double scaled) const {
  const double raw = options_.logarithmic ? std::exp(scaled * options_.scale) : scaled * options_.scale;
  const double unit = static_cast<double>(options_.unit);
  const double rounded = std::floor(raw / unit + 0.5) * unit;
  if (!(rounded > static_cast<double>(options_.min))) return options_.min;
  if (rounded > static_cast<double>(options_.max)) return options_.max;
  return static_cast<uint64_t>(rounded);
}

double ContinuousCodec::LogMass(const MixtureView& mixture, uint64_t value) const {
  value = std::clamp(value, options_.min, options_.max);
  const double half = 0.5 * static_cast<double>(options_.unit);
  const uint64_t on_grid = value / options_.unit * options_.unit;
  const auto middle = static_cast<double>(on_grid);
  return LogMixtureMass(mixture, Scale(middle - half), Scale(middle + half)) -
         LogMixtureMass(mixture, low_, high_);
}

double ContinuousCodec::LogMassBetween(const MixtureView& mixture, double low, double high) const {
  const double a = std::clamp(low / options_.scale, low_, high_);
  const double b = std::clamp(high / options_.scale, low_, high_);
  if (!(a < b)) return kNever;
  return std::max(LogMixtureMass(mixture, a, b) - LogMixtureMass(mixture, low_, high_), kNever);
}

uint64_t ContinuousCodec::Sample(const MixtureView& mixture, double u_component, double u_value) const {
  const size_t n = mixture.means.size();
  const auto mass = [&](size_t k) {
    const double inverse = std::exp(-static_cast<double>(mixture.log_deviations[k]));
    return std::exp(static_cast<double>(mixture.log_weights[k])) *
           NormalBetween((low_ - mixture.means[k]) * inverse, (high_ - mixture.means[k]) * inverse);
  };
  double total = 0;
  for (size_t k = 0; k < n; ++k) total += mass(k);
  double left = u_component * total;
  size_t chosen = 0;
  while (chosen + 1 < n && left >= mass(chosen)) left -= mass(chosen++);
  const double deviation = std::exp(static_cast<double>(mixture.log_deviations[chosen]));
  const double z = NormalQuantileBetween((low_ - mixture.means[chosen]) / deviation,
                                         (high_ - mixture.means[chosen]) / deviation, u_value);
  return Decode(std::clamp(mixture.means[chosen] + deviation * z, low_, high_));
}

nlohmann::json ContinuousCodec::ToJson() const {
  return {{"kind", "continuous"},    {"logarithmic", options_.logarithmic},
          {"scale", options_.scale}, {"unit", options_.unit},
          {"min", options_.min},     {"max", options_.max}};
}

absl::StatusOr<ContinuousCodec> ContinuousCodec::FromJson(const nlohmann::json& json) {
  try {
    return Create(
        {json.at("logarithmic"), json.at("scale"), json.at("unit"), json.at("min"), json.at("max")});
  } catch (const nlohmann::json::exception& e) {
    return absl::DataLossError(std::string("codec state: ") + e.what());
  }
}

}  // namespace stanflow
