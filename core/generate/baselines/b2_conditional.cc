#include "core/generate/baselines/b2_conditional.h"

#include <cmath>
#include <numeric>
#include <utility>

#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/codec/normal_mass.h"
#include "core/flow/time.h"

namespace stanflow {
namespace {

constexpr const char* kBinsTensor = ".bins";
constexpr const char* kCountsTensor = ".counts";

int HourOf(int64_t ms) { return static_cast<int>((ms - FloorTo(ms, kDayMs)) / kHourMs); }

// A row's clock as its child may see it: a time delta is not yet part of it.
int64_t ClockFor(Attribute child, const HostRow& row) {
  return child == Attribute::kTimeDelta ? row.end_ms - int64_t{1000} * row.time_delta_s : row.end_ms;
}

std::string NameOf(const B2Node& node) { return StrCat("b2.", AttributeName(node.child)); }
std::string NameOf(const B2Node& node, const B2Parent& parent) {
  return StrCat(NameOf(node), "|", ToText(parent));
}

absl::StatusOr<AttributeBins> LoadBins(const TensorFile& file, const std::string& name, Attribute attribute,
                                       uint64_t duration_step_ms) {
  STANFLOW_ASSIGN_OR_RETURN(const std::vector<int64_t> firsts, LoadVector<int64_t>(file, name + kBinsTensor));
  auto bins = AttributeBins::FromFirsts(firsts);
  absl::Status status = bins.status();
  if (status.ok()) status = bins->CheckSuits(attribute, duration_step_ms);
  if (status.ok()) return bins;
  return absl::DataLossError(StrCat("tensor ", name, kBinsTensor, ": ", status.message()));
}

absl::StatusOr<std::vector<int64_t>> LoadCounts(const TensorFile& file, const std::string& name,
                                                size_t size) {
  STANFLOW_ASSIGN_OR_RETURN(std::vector<int64_t> counts, LoadVector<int64_t>(file, name + kCountsTensor));
  bool valid = counts.size() == size;
  for (int64_t count : counts) valid = valid && count >= 0;
  if (!valid) return absl::DataLossError(StrCat("tensor ", name, kCountsTensor, " is not ", size, " counts"));
  return counts;
}

// ln((count + 1) / (sum + n)) of each.
std::vector<double> LogLaplace(const std::vector<int64_t>& counts) {
  const double all = std::accumulate(counts.begin(), counts.end(), 0.0) + static_cast<double>(counts.size());
  std::vector<double> out;
  for (int64_t count : counts) out.push_back(std::log((static_cast<double>(count) + 1) / all));
  return out;
}

// The same for every column of [states][bins].
std::vector<double> LogLaplaceGiven(const std::vector<int64_t>& counts, int states, int bins) {
  std::vector<double> out(counts.size());
  for (int c = 0; c < bins; ++c) {
    std::vector<int64_t> column;
    for (int s = 0; s < states; ++s) column.push_back(counts[s * bins + c]);
    const std::vector<double> logs = LogLaplace(column);
    for (int s = 0; s < states; ++s) out[s * bins + c] = logs[s];
  }
  return out;
}

}  // namespace

std::optional<int> B2Counts::Parent::StateOf(const B2Node& node, const B2Parent& parent, const HostRow& row,
                                             const HostRow* previous) const {
  switch (parent.of) {
    case B2Parent::Of::kHour:
      return HourOf(ClockFor(node.child, row));
    case B2Parent::Of::kPrevious:
      if (previous == nullptr) return std::nullopt;
      return bins->Of(previous->Get(parent.attribute));
    case B2Parent::Of::kSameRow:
      return bins->Of(row.Get(parent.attribute));
  }
  return std::nullopt;
}

void B2Counts::Add(const HostRow& row, const HostRow* previous) {
  const int bin = bins.Of(row.Get(node.child));
  ++counts[bin];
  for (size_t p = 0; p < parents.size(); ++p) {
    const std::optional<int> state = parents[p].StateOf(node, node.parents[p], row, previous);
    if (state.has_value()) ++parents[p].counts[*state * bins.count() + bin];
  }
}

void B2Counts::Store(TensorFile* file) const {
  const std::string name = NameOf(node);
  file->tensors[name + kBinsTensor] = StoreVector<int64_t>(bins.Firsts());
  file->tensors[name + kCountsTensor] = StoreVector<int64_t>(counts);
  for (size_t p = 0; p < parents.size(); ++p) {
    const std::string parent = NameOf(node, node.parents[p]);
    if (parents[p].bins.has_value())
      file->tensors[parent + kBinsTensor] = StoreVector<int64_t>(parents[p].bins->Firsts());
    StoredTensor& table = file->tensors[parent + kCountsTensor] = StoreVector<int64_t>(parents[p].counts);
    table.shape = {parents[p].states(), bins.count()};
  }
}

absl::StatusOr<B2Counts> B2Counts::Load(const B2Node& node, uint64_t duration_step_ms,
                                        const TensorFile& file) {
  STANFLOW_ASSIGN_OR_RETURN(AttributeBins bins, LoadBins(file, NameOf(node), node.child, duration_step_ms));
  STANFLOW_ASSIGN_OR_RETURN(std::vector<int64_t> counts, LoadCounts(file, NameOf(node), bins.count()));
  B2Counts out{node, std::move(bins), std::move(counts), {}};
  for (const B2Parent& parent : node.parents) {
    const std::string name = NameOf(node, parent);
    Parent& to = out.parents.emplace_back();
    if (parent.of != B2Parent::Of::kHour) {
      STANFLOW_ASSIGN_OR_RETURN(to.bins, LoadBins(file, name, parent.attribute, duration_step_ms));
    }
    STANFLOW_ASSIGN_OR_RETURN(to.counts, LoadCounts(file, name, size_t(to.states()) * out.bins.count()));
  }
  return out;
}

B2Conditional::B2Conditional(B2Counts counts) : counts_(std::move(counts)) {
  log_child_ = LogLaplace(counts_.counts);
  for (const B2Counts::Parent& parent : counts_.parents)
    log_given_.push_back(LogLaplaceGiven(parent.counts, parent.states(), counts_.bins.count()));
}

std::vector<double> B2Conditional::LogShares(const HostRow& row, const HostRow* previous) const {
  std::vector<double> logs = log_child_;
  for (size_t p = 0; p < log_given_.size(); ++p) {
    const std::optional<int> state =
        counts_.parents[p].StateOf(counts_.node, counts_.node.parents[p], row, previous);
    if (!state.has_value()) continue;
    const double* given = log_given_[p].data() + *state * logs.size();
    for (size_t c = 0; c < logs.size(); ++c) logs[c] += given[c];
  }
  const double all = LogSumExp(logs);
  for (double& log : logs) log -= all;
  return logs;
}

}  // namespace stanflow
