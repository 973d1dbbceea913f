#include "core/generate/baselines/b2_model.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/base/status_macros.h"
#include "core/codec/normal_mass.h"
#include "core/flow/protocol.h"

namespace stanflow {
namespace {

// Slots of the draws of a child's bin; B1's are below.
constexpr uint16_t kBinSlot = 0x80;

int DrawBin(const std::vector<double>& log_shares, double uniform) {
  double sum = 0;
  for (size_t bin = 0; bin + 1 < log_shares.size(); ++bin) {
    sum += std::exp(log_shares[bin]);
    if (uniform < sum) return static_cast<int>(bin);
  }
  return static_cast<int>(log_shares.size()) - 1;
}

double LogShareOfProtocol(const std::vector<double>& log_shares, uint8_t protocol) {
  if (protocol == kTcp || protocol == kUdp) return log_shares[protocol];
  // Summed, not 1 less the two: what is left beside them may be below a double's digits.
  std::vector<double> others;
  for (size_t bin = 0; bin < log_shares.size(); ++bin) {
    if (bin != kTcp && bin != kUdp) others.push_back(log_shares[bin]);
  }
  return LogSumExp(others);
}

float* PaperNatsOf(Attribute attribute, RowNats* nats) {
  switch (attribute) {
    case Attribute::kBytes:
      return &nats->paper_bytes;
    case Attribute::kPackets:
      return &nats->paper_packets;
    case Attribute::kDuration:
      return &nats->paper_duration;
    case Attribute::kProtocol:
      return &nats->paper_protocol;
    default:
      return nullptr;
  }
}

}  // namespace

B2Model::B2Model(std::shared_ptr<const B1Model> marginals, std::vector<B2Conditional> children)
    : marginals_(std::move(marginals)) {
  for (B2Conditional& conditional : children) {
    std::vector<double> masses;
    const AttributeBins& bins = conditional.bins();
    for (int bin = 0; bin < bins.count(); ++bin)
      masses.push_back(marginals_->LogRunMass(conditional.child(), bins.First(bin), bins.Last(bin)));
    children_.push_back({std::move(conditional), std::move(masses)});
  }
}

HostRow B2Model::Draw(DrawKey key, int64_t clock_ms, const HostRow* previous) const {
  HostRow row = marginals_->Draw(key, clock_ms, previous);
  for (const Child& child : children_) {
    const Attribute attribute = child.conditional.child();
    if (attribute == Attribute::kTimeDelta) {
      row.time_delta_s = 0;
      row.end_ms = clock_ms;
    }
    key.slot = kBinSlot + static_cast<uint16_t>(attribute);
    const int bin = DrawBin(child.conditional.LogShares(row, previous), Uniform2(key)[0]);
    const AttributeBins& bins = child.conditional.bins();
    row.Set(attribute, marginals_->DrawFromRun(attribute, bins.First(bin), bins.Last(bin), key));
    if (attribute == Attribute::kTimeDelta) row.end_ms += int64_t{1000} * row.time_delta_s;
  }
  return row;
}

RowNats B2Model::Score(const HostRow& row, const HostRow* previous) const {
  RowNats nats = marginals_->Score(row, previous);
  for (const Child& child : children_) {
    const Attribute attribute = child.conditional.child();
    const std::vector<double> log_shares = child.conditional.LogShares(row, previous);
    const int bin = child.conditional.bins().Of(row.Get(attribute));
    nats.exact[static_cast<int>(attribute)] += static_cast<float>(child.log_run_mass[bin] - log_shares[bin]);
    if (float* paper = PaperNatsOf(attribute, &nats))
      *paper = static_cast<float>(PaperNats(child, log_shares, row));
  }
  return nats;
}

double B2Model::PaperNats(const Child& child, const std::vector<double>& log_shares,
                          const HostRow& row) const {
  const Attribute attribute = child.conditional.child();
  if (attribute == Attribute::kProtocol) return -LogShareOfProtocol(log_shares, row.protocol);
  const AttributeBins& bins = child.conditional.bins();
  std::vector<double> terms;
  for (int bin = 0; bin < bins.count(); ++bin) {
    const double overlap =
        marginals_->LogPaperRunMass(attribute, row.Get(attribute), bins.First(bin), bins.Last(bin));
    if (std::isfinite(overlap)) terms.push_back(log_shares[bin] + overlap - child.log_run_mass[bin]);
  }
  return terms.empty() ? std::numeric_limits<double>::infinity() : -LogSumExp(terms);
}

uint64_t B2Model::parameters() const {
  uint64_t n = marginals_->parameters();
  for (const Child& child : children_) {
    n += child.conditional.counts().counts.size();
    for (const auto& parent : child.conditional.counts().parents) n += parent.counts.size();
  }
  return n;
}

uint64_t B2Model::memory_bytes() const {
  return marginals_->memory_bytes() + 2 * sizeof(double) * (parameters() - marginals_->parameters());
}

void B2Model::Store(TensorFile* file) const {
  marginals_->Store(file);
  for (const Child& child : children_) child.conditional.counts().Store(file);
}

absl::StatusOr<B2Model> B2Model::Load(const std::string& structure, const TensorFile& file) {
  STANFLOW_ASSIGN_OR_RETURN(B1Model marginals, B1Model::Load(file));
  STANFLOW_ASSIGN_OR_RETURN(const std::vector<B2Node> nodes, ParseB2Structure(structure));
  std::vector<B2Conditional> children;
  for (const B2Node& node : nodes) {
    STANFLOW_ASSIGN_OR_RETURN(B2Counts counts, B2Counts::Load(node, marginals.duration_step_ms(), file));
    children.emplace_back(std::move(counts));
  }
  return B2Model(std::make_shared<const B1Model>(std::move(marginals)), std::move(children));
}

}  // namespace stanflow
