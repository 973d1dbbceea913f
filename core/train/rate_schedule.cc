#include "core/train/rate_schedule.h"

#include <algorithm>
#include <cmath>

namespace stanflow {
namespace {

constexpr uint64_t kWarmUpSteps = 50;
constexpr double kPaperDecay = 0.9;
constexpr uint64_t kPaperDecayEpochs = 10;
constexpr uint64_t kSettleShare = 6;

// From 1 to 0 while `done` goes from 0 to `total`.
double Cosine(uint64_t done, uint64_t total) {
  const double progress =
      std::min(1.0, static_cast<double>(done) / static_cast<double>(std::max<uint64_t>(total, 1)));
  return 0.5 * (1 + std::cos(progress * 3.14159265358979323846));
}

double CausalFactor(const RatePoint& p) {
  if (p.steps < kWarmUpSteps) return static_cast<double>(p.steps + 1) / kWarmUpSteps;
  if (p.settle_end == 0) return Cosine(p.rows_done, p.total_rows);
  return Cosine(p.settle_begin, p.total_rows) *
         Cosine(p.rows_done - p.settle_begin, p.settle_end - p.settle_begin);
}

}  // namespace

double RateFactor(Preset preset, const RatePoint& point) {
  const double factor = preset == Preset::kPaper
                            ? std::pow(kPaperDecay, static_cast<double>(point.epoch / kPaperDecayEpochs))
                            : CausalFactor(point);
  return std::ldexp(factor, -point.halvings);
}

uint64_t SettleRows(uint64_t rows_done) { return std::max<uint64_t>(rows_done / kSettleShare, 1); }

}  // namespace stanflow
