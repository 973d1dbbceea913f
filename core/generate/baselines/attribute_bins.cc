#include "core/generate/baselines/attribute_bins.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/strings.h"

namespace stanflow {
namespace {

constexpr int kBins = 304;  // as the paper's B2 has them

// Multiples of `step` at or above `edges`' values, each once.
std::vector<uint64_t> AtSteps(const std::vector<double>& edges, uint64_t step) {
  std::vector<uint64_t> firsts = {0};
  for (double edge : edges) {
    const auto first = static_cast<uint64_t>(std::ceil(edge / static_cast<double>(step))) * step;
    if (first > firsts.back()) firsts.push_back(first);
  }
  return firsts;
}

std::vector<double> EqualEdges(double end) {
  std::vector<double> edges;
  for (int i = 1; i < kBins; ++i) edges.push_back(end * i / kBins);
  return edges;
}

std::vector<double> LogarithmicEdges(double largest) {
  std::vector<double> edges = EqualEdges(std::log(std::max(largest, 2.0)));
  for (double& edge : edges) edge = std::exp(edge);
  return edges;
}

std::vector<uint64_t> WholeNumbers(uint64_t count) {
  std::vector<uint64_t> firsts(count);
  for (uint64_t i = 0; i < count; ++i) firsts[i] = i;
  return firsts;
}

}  // namespace

AttributeBins AttributeBins::Cut(Attribute attribute, uint64_t largest, uint64_t step) {
  switch (attribute) {
    case Attribute::kPackets:
    case Attribute::kBytes:
      return AttributeBins(AtSteps(LogarithmicEdges(static_cast<double>(largest)), 1));
    case Attribute::kDuration:
      return AttributeBins(AtSteps(EqualEdges(static_cast<double>(largest)), step));
    case Attribute::kLocalPort:
    case Attribute::kRemotePort:
      return AttributeBins(AtSteps(EqualEdges(65536), 1));
    case Attribute::kTimeDelta:
      return AttributeBins(WholeNumbers(kBins));
    case Attribute::kDirection:
      return AttributeBins(WholeNumbers(2));
    default:
      return AttributeBins(WholeNumbers(256));
  }
}

absl::StatusOr<AttributeBins> AttributeBins::FromFirsts(const std::vector<int64_t>& firsts) {
  const bool rising =
      std::adjacent_find(firsts.begin(), firsts.end(), std::greater_equal<>()) == firsts.end();
  if (firsts.empty() || firsts[0] != 0 || !rising)
    return absl::DataLossError("bins do not begin at 0 and rise");
  return AttributeBins({firsts.begin(), firsts.end()});
}

absl::Status AttributeBins::CheckSuits(Attribute attribute, uint64_t step) const {
  const auto suits = [&] {
    switch (attribute) {
      case Attribute::kPackets:
      case Attribute::kBytes:
        return true;
      case Attribute::kDuration:
        return firsts_.back() <= std::numeric_limits<uint32_t>::max() &&
               std::all_of(firsts_.begin(), firsts_.end(), [=](uint64_t v) { return v % step == 0; });
      case Attribute::kTimeDelta:
        return firsts_.back() <= std::numeric_limits<uint32_t>::max();
      case Attribute::kLocalPort:
      case Attribute::kRemotePort:
        return firsts_.back() <= std::numeric_limits<uint16_t>::max();
      default:
        return firsts_ == Cut(attribute, 0, step).firsts_;
    }
  };
  if (suits()) return absl::OkStatus();
  return absl::DataLossError(StrCat("such bins are none of ", AttributeName(attribute)));
}

int AttributeBins::Of(uint64_t value) const {
  return static_cast<int>(std::upper_bound(firsts_.begin(), firsts_.end(), value) - firsts_.begin()) - 1;
}

uint64_t AttributeBins::Last(int bin) const {
  return bin + 1 < count() ? firsts_[bin + 1] - 1 : std::numeric_limits<uint64_t>::max();
}

}  // namespace stanflow
