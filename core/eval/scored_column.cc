#include "core/eval/scored_column.h"

#include <algorithm>
#include <cmath>

namespace stanflow {
namespace {

using Value = std::optional<double>;

template <int shift>
Value Octet(const EvalRows& r, size_t i) {
  return r.remote_address[i] >> shift & 255;
}

constexpr ScoredColumn kColumns[] = {
    {"time_delta", "s", Binning::kWholeSeconds, Scale::kAsIs, 0,
     [](const EvalRows& r, size_t i) -> Value {
       if (r.time_delta_s[i] == EvalRows::kNoDelta) return std::nullopt;
       return r.time_delta_s[i];
     }},
    {"direction", "", Binning::kCategories, Scale::kAsIs, 2,
     [](const EvalRows& r, size_t i) -> Value { return r.direction[i]; }},
    {"protocol", "", Binning::kCategories, Scale::kAsIs, 256,
     [](const EvalRows& r, size_t i) -> Value { return r.protocol[i]; }},
    {"remote_octet_1", "", Binning::kEqual, Scale::kAsIs, 0, Octet<24>},
    {"remote_octet_2", "", Binning::kEqual, Scale::kAsIs, 0, Octet<16>},
    {"remote_octet_3", "", Binning::kEqual, Scale::kAsIs, 0, Octet<8>},
    {"remote_octet_4", "", Binning::kEqual, Scale::kAsIs, 0, Octet<0>},
    {"local_port", "", Binning::kEqual, Scale::kAsIs, 0,
     [](const EvalRows& r, size_t i) -> Value { return r.local_port[i]; }},
    {"remote_port", "", Binning::kEqual, Scale::kAsIs, 0,
     [](const EvalRows& r, size_t i) -> Value { return r.remote_port[i]; }},
    {"tcp_flags", "", Binning::kCategories, Scale::kAsIs, 256,
     [](const EvalRows& r, size_t i) -> Value { return r.tcp_flags[i]; }},
    {"tos", "", Binning::kCategories, Scale::kAsIs, 256,
     [](const EvalRows& r, size_t i) -> Value { return r.tos[i]; }},
    {"packets", "packets", Binning::kEqual, Scale::kLn, 0,
     [](const EvalRows& r, size_t i) -> Value { return static_cast<double>(r.packets[i]); }},
    {"bytes", "bytes", Binning::kEqual, Scale::kLn, 0,
     [](const EvalRows& r, size_t i) -> Value { return static_cast<double>(r.bytes[i]); }},
    {"duration", "ms", Binning::kEqual, Scale::kLn1p, 0,
     [](const EvalRows& r, size_t i) -> Value { return r.duration_ms[i]; }},
};

}  // namespace

absl::Span<const ScoredColumn> ScoredColumns() { return kColumns; }

double OnScale(Scale scale, double raw) {
  if (scale == Scale::kLn) return std::log(std::max(raw, 1.0));
  return scale == Scale::kLn1p ? std::log1p(raw) : raw;
}

double FromScale(Scale scale, double x) {
  if (scale == Scale::kLn) return std::exp(x);
  return scale == Scale::kLn1p ? std::expm1(x) : x;
}

Bins::Bins(const ScoredColumn& column, const EvalRows& real)
    : column_(&column), count_(kEqualBins), lo_(0), width_(1) {
  if (column.binning == Binning::kCategories) count_ = column.categories;
  if (column.binning != Binning::kEqual) return;
  double lo = INFINITY, hi = -INFINITY;
  for (size_t i = 0; i < real.size(); ++i) {
    if (const auto raw = column.value(real, i)) {
      lo = std::min(lo, *raw);
      hi = std::max(hi, *raw);
    }
  }
  if (lo <= hi) lo_ = OnScale(column.scale, lo);
  if (!(lo < hi)) return;  // one value or none: any width will do
  width_ = std::max((OnScale(column.scale, hi) - lo_) / count_, 1e-12);
}

int Bins::Of(double raw) const {
  const double bin = std::floor((OnScale(column_->scale, raw) - lo_) / width_);
  return static_cast<int>(std::clamp(bin, 0.0, count_ - 1.0));
}

double Bins::Edge(int i) const { return FromScale(column_->scale, lo_ + i * width_); }

std::vector<double> BinWeights(const ScoredColumn& column, const Bins& bins, const EvalRows& rows,
                               absl::Span<const uint32_t> chosen, absl::Span<const double> weights) {
  std::vector<double> out(bins.count());
  for (size_t k = 0; k < chosen.size(); ++k) {
    if (const auto raw = column.value(rows, chosen[k])) out[bins.Of(*raw)] += weights[k];
  }
  return out;
}

}  // namespace stanflow
