#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "core/base/status_macros.h"
#include "core/codec/output_set.h"

namespace stanflow {
namespace {

using Counts = std::vector<std::pair<uint64_t, uint64_t>>;

constexpr uint64_t kMaxDelta = uint64_t{1} << 21;  // 24 days in seconds
constexpr uint64_t kMaxCount = kMaxFlowCount + 1;
// Packets of an Ethernet; the bins beyond are for what training never sees.
constexpr uint64_t kUsualBytesPerPacket = 1536;
constexpr uint64_t kMaxBytesPerPacket = uint64_t{1} << 24;
constexpr uint64_t kMaxDurationMs = uint64_t{1} << 32;
// A value with fewer rows than this has no class of its own: a net could not learn when it comes.
constexpr uint64_t kMinCount = 16;

// `n` integer edges about evenly spaced on the logarithm from `low` (>= 1) to `high`.
void AppendLogEdges(uint64_t low, uint64_t high, int n, std::vector<uint64_t>* edges) {
  const double step = std::log(static_cast<double>(high) / static_cast<double>(low)) / n;
  for (int i = 0; i <= n; ++i) {
    const auto edge = static_cast<uint64_t>(std::llround(static_cast<double>(low) * std::exp(step * i)));
    if (edges->empty() || edge > edges->back()) edges->push_back(edge);
  }
}

// One bin an octave up to `limit`: values that training never saw keep a small, proper mass.
void AppendOctaves(uint64_t limit, std::vector<uint64_t>* edges) {
  while (edges->back() < limit) edges->push_back(std::min(edges->back() * 2, limit));
}

uint64_t Largest(const Counts& counts) { return counts.empty() ? 0 : counts.back().first; }

// The `most` most frequent values (each with at least kMinCount rows), ascending, in units.
std::vector<uint64_t> Frequent(Counts counts, size_t most, uint64_t unit) {
  std::stable_sort(counts.begin(), counts.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<uint64_t> values;
  for (const auto& [value, count] : counts) {
    if (values.size() == most || count < kMinCount) break;
    values.push_back(value / unit);
  }
  std::sort(values.begin(), values.end());
  return values;
}

// first, first + 1, ... end - 1.
std::vector<uint64_t> Range(uint64_t first, uint64_t end) {
  std::vector<uint64_t> values(end - first);
  std::iota(values.begin(), values.end(), first);
  return values;
}

void SetMarginal(Output* output, const std::vector<uint64_t>& class_counts) {
  double total = 0;
  for (uint64_t count : class_counts) total += static_cast<double>(count) + 1;
  for (uint64_t count : class_counts) {
    output->log_marginal.push_back(static_cast<float>(std::log((static_cast<double>(count) + 1) / total)));
  }
}

absl::StatusOr<Output> MakeClasses(Attribute attribute, ClassCodec::Options options, const Counts& counts,
                                   HeadKind head = HeadKind::kSoftmax) {
  Output output;
  output.attribute = attribute;
  output.head = head;
  STANFLOW_ASSIGN_OR_RETURN(auto codec, ClassCodec::Create(std::move(options)));
  output.classes = std::make_shared<ClassCodec>(std::move(codec));
  std::vector<uint64_t> class_counts(output.classes->num_classes());
  const ClassCodec::Options& fitted = output.classes->options();
  uint64_t in_bins = 0;
  for (const auto& [value, count] : counts) {
    const auto cls = static_cast<size_t>(output.classes->Encode(value).cls);
    // Which bin a value is in depends on the row's packets, which the counts do not tell.
    if (fitted.scaled_by_given && cls >= fitted.values.size()) {
      in_bins += count;
    } else {
      class_counts[cls] += count;
    }
  }
  const size_t usual = std::count_if(fitted.edges.begin(), fitted.edges.end(),
                                     [](uint64_t edge) { return edge < kUsualBytesPerPacket; });
  for (size_t b = 0; in_bins > 0 && b < usual; ++b) class_counts[fitted.values.size() + b] += in_bins / usual;
  SetMarginal(&output, class_counts);
  return output;
}

// An octet-sized attribute: frequent values, the rest of 0..255 in one class with Laplace shares.
absl::StatusOr<Output> MakeDiscrete(Attribute attribute, std::vector<uint64_t> values, const Counts& counts,
                                    HeadKind head = HeadKind::kSoftmax) {
  ClassCodec::Options options;
  std::array<double, 256> weight;
  weight.fill(0.5);
  for (const auto& [value, count] : counts) weight[value & 255] += static_cast<double>(count);
  options.values = std::move(values);
  for (uint64_t v : options.values) weight[v] = 0;
  double total = 0;
  for (double w : weight) total += w;
  for (int v = 0; v < 256; ++v) {
    if (weight[v] > 0) options.other.emplace_back(v, weight[v] / total);
  }
  return MakeClasses(attribute, std::move(options), counts, head);
}

absl::StatusOr<Output> MakeOctet(const MarginalCounts& counts, int octet) {
  Output output;
  output.attribute = Attribute::kRemoteAddress;
  output.octet = octet;
  ClassCodec::Options options;
  options.values = Range(0, 256);
  STANFLOW_ASSIGN_OR_RETURN(auto codec, ClassCodec::Create(std::move(options)));
  output.classes = std::make_shared<ClassCodec>(std::move(codec));
  const auto& seen = counts.Octet(octet);
  SetMarginal(&output, std::vector<uint64_t>(seen.begin(), seen.end()));
  return output;
}

absl::StatusOr<Output> MakeDirection(const MarginalCounts& counts) {
  ClassCodec::Options options;
  options.values = {0, 1};
  return MakeClasses(Attribute::kDirection, std::move(options), counts.Sorted(Attribute::kDirection));
}

ClassCodec::Options DeltaClasses(const Counts& counts) {
  ClassCodec::Options options;
  options.values = Range(0, 24);
  // 28 bins as far as training went; the marginal knows nothing beyond.
  AppendLogEdges(24, std::max<uint64_t>(Largest(counts) + 1, 256), 28, &options.edges);
  AppendOctaves(kMaxDelta, &options.edges);
  return options;
}

ClassCodec::Options LearnedPortClasses(const Counts& counts) {
  ClassCodec::Options options;
  options.values = Frequent(counts, 512, 1);
  options.edges = {0};
  AppendLogEdges(1, 1024, 20, &options.edges);
  AppendLogEdges(1024, 65536, 96, &options.edges);
  return options;
}

ClassCodec::Options PacketClasses(const Counts& counts) {
  ClassCodec::Options options;
  options.values = Range(kMinFlowCount, 64);
  uint64_t top = 128;
  while (top <= Largest(counts)) top *= 2;
  AppendLogEdges(64, top, 8 * static_cast<int>(std::lround(std::log2(static_cast<double>(top) / 64))),
                 &options.edges);
  AppendOctaves(kMaxCount, &options.edges);
  return options;
}

ClassCodec::Options ByteClasses(const Counts& counts, bool per_packet) {
  ClassCodec::Options options;
  options.values = Frequent(counts, 384, 1);
  options.scaled_by_given = per_packet;
  options.edges = {0};
  if (per_packet) {
    AppendLogEdges(20, kUsualBytesPerPacket, 128, &options.edges);
    AppendOctaves(kMaxBytesPerPacket, &options.edges);
  } else {
    AppendLogEdges(20, std::max<uint64_t>(Largest(counts) + 1, 4096), 136, &options.edges);
    AppendOctaves(kMaxCount, &options.edges);
  }
  return options;
}

ClassCodec::Options DurationClasses(const MarginalCounts& counts) {
  ClassCodec::Options options;
  const Counts sorted = counts.Sorted(Attribute::kDuration);
  options.unit = counts.Resolution(Attribute::kDuration);
  options.values = Frequent(sorted, 257, options.unit);
  if (options.values.empty() || options.values.front() != 0) options.values.insert(options.values.begin(), 0);
  options.edges = {0};
  AppendLogEdges(1, std::max<uint64_t>(Largest(sorted) / options.unit + 1, 256), 143, &options.edges);
  AppendOctaves(kMaxDurationMs / options.unit, &options.edges);
  return options;
}

absl::StatusOr<Output> MakeMixture(Attribute attribute, ContinuousCodec::Options options,
                                   const Counts& counts) {
  Output output;
  output.attribute = attribute;
  output.head = HeadKind::kMixture;
  STANFLOW_ASSIGN_OR_RETURN(auto codec, ContinuousCodec::Create(options));
  output.continuous = std::make_shared<ContinuousCodec>(codec);
  uint64_t total = 0, passed = 0;
  for (const auto& [value, count] : counts) total += count;
  constexpr int kQuantiles = 256;
  for (const auto& [value, count] : counts) {
    passed += count;
    while (output.quantiles.size() * total < passed * kQuantiles) output.quantiles.push_back(value);
  }
  output.quantiles.push_back(Largest(counts));
  return output;
}

// 0-1023 each, then one class per 100 ports (notes on the paper: 1,670 classes).
ClassCodec::Options PaperPortClasses() {
  ClassCodec::Options options;
  options.values = Range(0, 1024);
  for (uint64_t edge = 1024; edge < 65536; edge += 100) options.edges.push_back(edge);
  options.edges.push_back(65536);
  return options;
}

}  // namespace

absl::StatusOr<OutputSet> FitCausalOutputs(const MarginalCounts& counts, bool independent) {
  if (counts.rows() == 0) return absl::FailedPreconditionError("no training rows to fit codecs to");
  const auto sorted = [&](Attribute a) { return counts.Sorted(a); };
  const auto discrete = [&](Attribute a) { return MakeDiscrete(a, Frequent(sorted(a), 255, 1), sorted(a)); };
  OutputSet set;
  const auto add = [&](absl::StatusOr<Output> output) {
    if (!output.ok()) return output.status();
    set.outputs.push_back(*std::move(output));
    return absl::OkStatus();
  };
  STANFLOW_RETURN_IF_ERROR(add(MakeClasses(Attribute::kTimeDelta, DeltaClasses(sorted(Attribute::kTimeDelta)),
                                           sorted(Attribute::kTimeDelta))));
  STANFLOW_RETURN_IF_ERROR(add(MakeDirection(counts)));
  STANFLOW_RETURN_IF_ERROR(add(discrete(Attribute::kProtocol)));
  for (int octet = 0; octet < 4; ++octet) STANFLOW_RETURN_IF_ERROR(add(MakeOctet(counts, octet)));
  for (Attribute a : {Attribute::kLocalPort, Attribute::kRemotePort}) {
    STANFLOW_RETURN_IF_ERROR(add(MakeClasses(a, LearnedPortClasses(sorted(a)), sorted(a))));
  }
  STANFLOW_RETURN_IF_ERROR(add(discrete(Attribute::kTcpFlags)));
  STANFLOW_RETURN_IF_ERROR(add(discrete(Attribute::kTos)));
  STANFLOW_RETURN_IF_ERROR(add(MakeClasses(Attribute::kPackets, PacketClasses(sorted(Attribute::kPackets)),
                                           sorted(Attribute::kPackets))));
  STANFLOW_RETURN_IF_ERROR(add(MakeClasses(
      Attribute::kBytes, ByteClasses(sorted(Attribute::kBytes), !independent), sorted(Attribute::kBytes))));
  STANFLOW_RETURN_IF_ERROR(
      add(MakeClasses(Attribute::kDuration, DurationClasses(counts), sorted(Attribute::kDuration))));
  return set;
}

absl::StatusOr<OutputSet> FitPaperOutputs(const MarginalCounts& counts) {
  if (counts.rows() == 0) return absl::FailedPreconditionError("no training rows to fit codecs to");
  const auto sorted = [&](Attribute a) { return counts.Sorted(a); };
  OutputSet set;
  const auto add = [&](absl::StatusOr<Output> output) {
    if (!output.ok()) return output.status();
    set.outputs.push_back(*std::move(output));
    return absl::OkStatus();
  };
  const auto largest = [&](Attribute a, uint64_t published) {
    return std::max(Largest(sorted(a)), published);
  };
  const uint64_t step = counts.Resolution(Attribute::kDuration);
  const auto mixture = [&](Attribute a, ContinuousCodec::Options options) {
    return MakeMixture(a, options, sorted(a));
  };
  // Scales as published; ranges end where the published scale or the training rows do.
  STANFLOW_RETURN_IF_ERROR(
      add(mixture(Attribute::kTimeDelta, {false, 1430, 1, 0, largest(Attribute::kTimeDelta, 1430)})));
  STANFLOW_RETURN_IF_ERROR(add(MakeDiscrete(Attribute::kProtocol, {6, 17}, sorted(Attribute::kProtocol))));
  STANFLOW_RETURN_IF_ERROR(add(MakeDirection(counts)));
  for (Attribute a : {Attribute::kLocalPort, Attribute::kRemotePort}) {
    STANFLOW_RETURN_IF_ERROR(add(MakeClasses(a, PaperPortClasses(), sorted(a))));
  }
  for (int octet = 0; octet < 4; ++octet) STANFLOW_RETURN_IF_ERROR(add(MakeOctet(counts, octet)));
  STANFLOW_RETURN_IF_ERROR(
      add(mixture(Attribute::kPackets, {true, 12.83, 1, 1, largest(Attribute::kPackets, 373248)})));
  STANFLOW_RETURN_IF_ERROR(
      add(mixture(Attribute::kBytes, {true, 20.129, 1, 1, largest(Attribute::kBytes, 551958000)})));
  const uint64_t longest = largest(Attribute::kDuration, 363000);
  STANFLOW_RETURN_IF_ERROR(
      add(mixture(Attribute::kDuration, {false, 363000, step, 0, (longest + step - 1) / step * step})));
  for (Attribute a : {Attribute::kTcpFlags, Attribute::kTos}) {
    STANFLOW_RETURN_IF_ERROR(
        add(MakeDiscrete(a, Frequent(sorted(a), 255, 1), sorted(a), HeadKind::kMarginal)));
  }
  return set;
}

}  // namespace stanflow
