#include "core/codec/marginal_counts.h"

#include <algorithm>
#include <numeric>

namespace stanflow {

void MarginalCounts::Add(const HostRow& row) {
  ++rows_;
  for (int i = 0; i < kNumAttributes; ++i) {
    const auto a = static_cast<Attribute>(i);
    if (a == Attribute::kRemoteAddress) continue;
    auto& counts = counts_[i];
    const uint64_t value = row.Get(a);
    if (auto it = counts.find(value); it != counts.end()) {
      ++it->second;
    } else if (counts.size() < max_distinct_) {
      counts.emplace(value, 1);
    } else {
      ++dropped_[i];
    }
  }
  for (int i = 0; i < 4; ++i) ++octets_[i][row.remote_address >> (24 - 8 * i) & 255];
}

std::vector<std::pair<uint64_t, uint64_t>> MarginalCounts::Sorted(Attribute a) const {
  const auto& counts = counts_[static_cast<int>(a)];
  std::vector<std::pair<uint64_t, uint64_t>> sorted(counts.begin(), counts.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

uint64_t MarginalCounts::Resolution(Attribute a) const {
  uint64_t divisor = 0;
  for (const auto& [value, count] : counts_[static_cast<int>(a)]) divisor = std::gcd(divisor, value);
  return divisor == 0 ? 1 : divisor;
}

}  // namespace stanflow
