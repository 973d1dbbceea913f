#include "core/generate/baselines/histogram.h"

#include <algorithm>
#include <numeric>

namespace stanflow {

Histogram::Histogram(std::vector<uint64_t> counts) : counts_(std::move(counts)) {
  uint64_t total = 0, singles = 0;
  for (uint64_t c : counts_) {
    total += c;
    seen_ += c > 0;
    singles += c == 1;
  }
  const uint64_t unseen = counts_.size() - seen_;
  const double escape = unseen == 0 ? 0 : (singles + 1.0) / (total + 2.0);
  // Without a single row there is nothing but the escape.
  const double kept = total == 0 ? 0 : 1 - escape;
  const double unseen_mass = unseen == 0 ? 0 : (1 - kept) / unseen;
  mass_.reserve(counts_.size());
  cumulative_.reserve(counts_.size());
  double sum = 0;
  for (uint64_t c : counts_) {
    mass_.push_back(c == 0 ? unseen_mass : kept * c / total);
    cumulative_.push_back(sum += mass_.back());
  }
}

double Histogram::MassOfRange(uint32_t first, uint32_t last) const {
  return std::accumulate(mass_.begin() + first, mass_.begin() + last + 1, 0.0);
}

uint32_t Histogram::Draw(double uniform) const {
  return DrawInRange(0, static_cast<uint32_t>(mass_.size() - 1), uniform);
}

uint32_t Histogram::DrawInRange(uint32_t first, uint32_t last, double uniform) const {
  const double before = first == 0 ? 0 : cumulative_[first - 1];
  const double at = before + uniform * (cumulative_[last] - before);
  const auto it = std::upper_bound(cumulative_.begin() + first, cumulative_.begin() + last, at);
  return static_cast<uint32_t>(it - cumulative_.begin());
}

}  // namespace stanflow
