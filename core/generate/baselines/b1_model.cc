#include "core/generate/baselines/b1_model.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/flow/protocol.h"

namespace stanflow {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr uint64_t kTopSeconds = std::numeric_limits<uint32_t>::max();
// Draws of one row: an attribute's own slot, then those that need more uniforms.
constexpr uint16_t kNormalSlot = 0x20, kOctetSlot = 0x40, kBetweenStepsSlot = 0x60;

// The paper's likelihood: equal bins over these ranges.
constexpr int kPaperBins = 200;
constexpr double kPaperLnBytes = 20.129, kPaperLnPackets = 12.83, kPaperDurationS = 363;

// From here on the logarithms of n's interval agree in too many digits to be subtracted, and the
// density is constant across it.
constexpr uint64_t kNarrowFrom = uint64_t{1} << 24;

using Interval = std::pair<double, double>;

// Of the integers first to last on the logarithm.
Interval LnInterval(uint64_t first, uint64_t last) {
  return {first == 0 ? -kInfinity : std::log(first - 0.5),
          last == std::numeric_limits<uint64_t>::max() ? kInfinity : std::log(last + 0.5)};
}

// Of the steps first to last, steps of `unit`; `top` is the highest step.
Interval StepInterval(uint64_t first, uint64_t last, uint64_t top, double unit) {
  return {first == 0 ? -kInfinity : (first - 0.5) * unit, last >= top ? kInfinity : (last + 0.5) * unit};
}

double LnNats(const GaussianMixture& mixture, uint64_t n) {
  if (n >= kNarrowFrom) return -mixture.LogDensity(std::log(n)) + std::log(n);
  const auto [lo, hi] = LnInterval(n, n);
  return -mixture.LogMass(lo, hi);
}

double StepNats(const GaussianMixture& mixture, uint64_t n, uint64_t top, double unit) {
  const auto [lo, hi] = StepInterval(n, n, top, unit);
  return -mixture.LogMass(lo, hi);
}

// The paper's bin of x, outer ones open.
Interval PaperInterval(double x, double range) {
  const double width = range / kPaperBins;
  const int bin = std::clamp(static_cast<int>(std::floor(x / width)), 0, kPaperBins - 1);
  return {bin == 0 ? -kInfinity : bin * width, bin == kPaperBins - 1 ? kInfinity : (bin + 1) * width};
}

Interval PaperIntervalOf(Attribute attribute, uint64_t value) {
  const double ln = std::log(std::max<double>(value, 1));
  if (attribute == Attribute::kBytes) return PaperInterval(ln, kPaperLnBytes);
  if (attribute == Attribute::kPackets) return PaperInterval(ln, kPaperLnPackets);
  return PaperInterval(value / 1000.0, kPaperDurationS);
}

double DrawMixture(const GaussianMixture& mixture, DrawKey key, Attribute attribute) {
  key.slot = static_cast<uint16_t>(attribute);
  const double component = Uniform2(key)[0];
  key.slot = kNormalSlot + static_cast<uint16_t>(attribute);
  const auto normal = Uniform2(key);
  return mixture.Draw(component, normal[0], normal[1]);
}

uint64_t ExpToInteger(double x) {
  const double value = std::round(std::exp(x));
  // 2^64 as a double: what reaches it is the open end's.
  return value >= 18446744073709551616.0 ? std::numeric_limits<uint64_t>::max()
                                         : static_cast<uint64_t>(value);
}

uint64_t ToStep(double x, double unit, uint64_t top) {
  const double n = std::max(0.0, std::round(x / unit));
  return n >= static_cast<double>(top) ? top : static_cast<uint64_t>(n);
}

uint64_t TopStep(uint32_t step_ms) { return std::numeric_limits<uint32_t>::max() / step_ms; }

}  // namespace

B1Model::B1Model(Parts parts) : parts_(std::move(parts)) {}

const Histogram& B1Model::HistogramOf(Attribute attribute) const {
  switch (attribute) {
    case Attribute::kDirection:
      return *parts_.direction;
    case Attribute::kProtocol:
      return *parts_.protocol;
    case Attribute::kLocalPort:
      return *parts_.local_port;
    case Attribute::kRemotePort:
      return *parts_.remote_port;
    case Attribute::kTcpFlags:
      return *parts_.tcp_flags;
    default:
      return *parts_.tos;
  }
}

const GaussianMixture* B1Model::MixtureOf(Attribute attribute) const {
  switch (attribute) {
    case Attribute::kPackets:
      return &parts_.ln_packets;
    case Attribute::kBytes:
      return &parts_.ln_bytes;
    case Attribute::kDuration:
      return &parts_.duration_s;
    case Attribute::kTimeDelta:
      return &parts_.time_delta_s;
    default:
      return nullptr;
  }
}

double B1Model::DurationNats(uint64_t ms) const {
  const uint32_t step = parts_.duration_step_ms;
  const double nats = StepNats(parts_.duration_s, ms / step, TopStep(step), step / 1000.0);
  if (step == 1) return nats;
  const double between = 1 / (parts_.rows + 2.0);
  return nats - (ms % step == 0 ? std::log1p(-between) : std::log(between / (step - 1)));
}

double B1Model::Nats(Attribute attribute, uint64_t value) const {
  switch (attribute) {
    case Attribute::kPackets:
      return LnNats(parts_.ln_packets, value);
    case Attribute::kBytes:
      return LnNats(parts_.ln_bytes, value);
    case Attribute::kDuration:
      return DurationNats(value);
    case Attribute::kTimeDelta:
      return StepNats(parts_.time_delta_s, value, kTopSeconds, 1);
    case Attribute::kRemoteAddress: {
      double nats = 0;
      for (int i = 0; i < 4; ++i) nats -= std::log(parts_.octets[i]->Mass(value >> (24 - 8 * i) & 255));
      return nats;
    }
    default:
      return -std::log(HistogramOf(attribute).Mass(static_cast<uint32_t>(value)));
  }
}

std::pair<double, double> B1Model::IntervalOf(Attribute attribute, uint64_t first, uint64_t last) const {
  if (attribute == Attribute::kTimeDelta) return StepInterval(first, last, kTopSeconds, 1);
  if (attribute != Attribute::kDuration) return LnInterval(first, last);
  const uint32_t step = parts_.duration_step_ms;
  return StepInterval(first / step, last / step, TopStep(step), step / 1000.0);
}

double B1Model::LogRunMass(Attribute attribute, uint64_t first, uint64_t last) const {
  if (const GaussianMixture* mixture = MixtureOf(attribute)) {
    const auto [lo, hi] = IntervalOf(attribute, first, last);
    return mixture->LogMass(lo, hi);
  }
  const Histogram& histogram = HistogramOf(attribute);
  const uint64_t top = histogram.size() - 1;
  return std::log(
      histogram.MassOfRange(static_cast<uint32_t>(first), static_cast<uint32_t>(std::min(last, top))));
}

double B1Model::LogPaperRunMass(Attribute attribute, uint64_t value, uint64_t first, uint64_t last) const {
  const auto [lo, hi] = PaperIntervalOf(attribute, value);
  const auto [run_lo, run_hi] = IntervalOf(attribute, first, last);
  const double from = std::max(lo, run_lo), to = std::min(hi, run_hi);
  return from < to ? MixtureOf(attribute)->LogMass(from, to) : -kInfinity;
}

RowNats B1Model::Score(const HostRow& row, const HostRow*) const {
  RowNats out;
  for (int a = 0; a < kNumAttributes; ++a) {
    const auto attribute = static_cast<Attribute>(a);
    out.exact[a] = static_cast<float>(Nats(attribute, row.Get(attribute)));
  }
  const auto paper_nats = [this, &row](Attribute attribute) {
    const auto [lo, hi] = PaperIntervalOf(attribute, row.Get(attribute));
    return static_cast<float>(-MixtureOf(attribute)->LogMass(lo, hi));
  };
  out.paper_bytes = paper_nats(Attribute::kBytes);
  out.paper_packets = paper_nats(Attribute::kPackets);
  out.paper_duration = paper_nats(Attribute::kDuration);
  const double tcp = parts_.protocol->Mass(kTcp), udp = parts_.protocol->Mass(kUdp);
  const double mass = row.protocol == kTcp ? tcp : row.protocol == kUdp ? udp : 1 - tcp - udp;
  out.paper_protocol = static_cast<float>(-std::log(mass));
  return out;
}

uint32_t B1Model::DurationAt(double seconds, DrawKey key) const {
  const uint32_t step = parts_.duration_step_ms;
  const uint64_t on_step = ToStep(seconds, step / 1000.0, TopStep(step)) * step;
  key.slot = kBetweenStepsSlot;
  const auto between = Uniform2(key);
  if (step == 1 || between[0] >= 1 / (parts_.rows + 2.0)) return static_cast<uint32_t>(on_step);
  const uint64_t ms = on_step + 1 + static_cast<uint64_t>(between[1] * (step - 1));
  return static_cast<uint32_t>(std::min<uint64_t>(ms, std::numeric_limits<uint32_t>::max()));
}

uint64_t B1Model::DrawFromRun(Attribute attribute, uint64_t first, uint64_t last, DrawKey key) const {
  key.slot = static_cast<uint16_t>(attribute);
  const auto u = Uniform2(key);
  const GaussianMixture* mixture = MixtureOf(attribute);
  if (mixture == nullptr) {
    const Histogram& histogram = HistogramOf(attribute);
    const uint64_t top = histogram.size() - 1;
    return histogram.DrawInRange(static_cast<uint32_t>(first), static_cast<uint32_t>(std::min(last, top)),
                                 u[0]);
  }
  const auto [lo, hi] = IntervalOf(attribute, first, last);
  const double x = mixture->DrawBetween(lo, hi, u[0], u[1]);
  // An edge lies between two values, and rounding may take it to either.
  if (attribute == Attribute::kDuration) return std::clamp<uint64_t>(DurationAt(x, key), first, last);
  const uint64_t value = attribute == Attribute::kTimeDelta ? ToStep(x, 1, kTopSeconds) : ExpToInteger(x);
  return std::clamp(value, first, last);
}

HostRow B1Model::Draw(DrawKey key, int64_t clock_ms, const HostRow*) const {
  HostRow row;
  const auto uniform = [&key](uint16_t slot) {
    key.slot = slot;
    return Uniform2(key)[0];
  };
  const double delta = DrawMixture(parts_.time_delta_s, key, Attribute::kTimeDelta);
  row.time_delta_s = static_cast<uint32_t>(ToStep(delta, 1, kTopSeconds));
  row.end_ms = clock_ms + int64_t{1000} * row.time_delta_s;
  for (const Attribute a : {Attribute::kDirection, Attribute::kProtocol, Attribute::kLocalPort,
                            Attribute::kRemotePort, Attribute::kTcpFlags, Attribute::kTos}) {
    row.Set(a, HistogramOf(a).Draw(uniform(static_cast<uint16_t>(a))));
  }
  for (int i = 0; i < 4; ++i) {
    row.remote_address = row.remote_address << 8 | parts_.octets[i]->Draw(uniform(kOctetSlot + i));
  }
  row.packets = ExpToInteger(DrawMixture(parts_.ln_packets, key, Attribute::kPackets));
  row.bytes = ExpToInteger(DrawMixture(parts_.ln_bytes, key, Attribute::kBytes));
  row.duration_ms = DurationAt(DrawMixture(parts_.duration_s, key, Attribute::kDuration), key);
  return row;
}

uint64_t B1Model::parameters() const {
  uint64_t n = 0;
  for (const auto& octet : parts_.octets) n += octet->seen();
  for (const auto* h : {&parts_.direction, &parts_.protocol, &parts_.local_port, &parts_.remote_port,
                        &parts_.tcp_flags, &parts_.tos}) {
    n += (*h)->seen();
  }
  for (const auto* m : {&parts_.ln_packets, &parts_.ln_bytes, &parts_.duration_s, &parts_.time_delta_s}) {
    n += 3 * m->weights.size();
  }
  return n;
}

uint64_t B1Model::memory_bytes() const {
  uint64_t values = 0;
  for (const auto& octet : parts_.octets) values += octet->size();
  for (const auto* h : {&parts_.direction, &parts_.protocol, &parts_.local_port, &parts_.remote_port,
                        &parts_.tcp_flags, &parts_.tos}) {
    values += (*h)->size();
  }
  return sizeof(B1Model) + values * (sizeof(uint64_t) + 2 * sizeof(double));
}

}  // namespace stanflow
