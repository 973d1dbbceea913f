#include "core/generate/baselines/b2_fit.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "core/base/status_macros.h"
#include "core/generate/baselines/validation_split.h"

namespace stanflow {
namespace {

using Largest = std::array<uint64_t, kNumAttributes>;

// Calls `see` with every row and the one before it in its sequence.
template <typename See>
absl::Status ForEachRow(const Dataset& dataset, const std::vector<Sequence>& sequences,
                        const B1FitOptions& options, See see) {
  for (const Sequence& sequence : sequences) {
    if (options.stop_requested && options.stop_requested())
      return absl::CancelledError("stopped while fitting");
    const std::vector<HostRow> rows = dataset.HostRows(sequence);
    for (size_t i = 0; i < rows.size(); ++i) see(rows[i], i == 0 ? nullptr : &rows[i - 1]);
  }
  return absl::OkStatus();
}

B2Counts EmptyCounts(const B2Node& node, const Largest& largest, uint64_t duration_step) {
  const auto cut = [&](Attribute a) {
    return AttributeBins::Cut(a, largest[static_cast<int>(a)], duration_step);
  };
  B2Counts counts{node, cut(node.child), {}, {}};
  counts.counts.resize(counts.bins.count());
  for (const B2Parent& from : node.parents) {
    B2Counts::Parent parent;
    if (from.of != B2Parent::Of::kHour) parent.bins = cut(from.attribute);
    parent.counts.resize(static_cast<size_t>(parent.states()) * counts.bins.count());
    counts.parents.push_back(std::move(parent));
  }
  return counts;
}

}  // namespace

absl::StatusOr<B2Fit> FitB2Model(const Dataset& dataset, const B2FitOptions& options) {
  STANFLOW_ASSIGN_OR_RETURN(const std::vector<B2Node> nodes, ParseB2Structure(options.structure));
  const B1FitOptions& common = options.marginals;
  STANFLOW_ASSIGN_OR_RETURN(const B1Fit marginals, FitB1Model(dataset, common));
  STANFLOW_ASSIGN_OR_RETURN(const ValidationSplit split,
                            SplitForValidation(dataset, common.seed, common.validation_one_in));
  Largest largest{};
  STANFLOW_RETURN_IF_ERROR(ForEachRow(dataset, split.fit, common, [&](const HostRow& row, const HostRow*) {
    for (int a = 0; a < kNumAttributes; ++a)
      largest[a] = std::max(largest[a], row.Get(static_cast<Attribute>(a)));
  }));
  std::vector<B2Counts> counts;
  for (const B2Node& node : nodes)
    counts.push_back(EmptyCounts(node, largest, marginals.model->duration_step_ms()));
  STANFLOW_RETURN_IF_ERROR(
      ForEachRow(dataset, split.fit, common, [&](const HostRow& row, const HostRow* previous) {
        for (B2Counts& child : counts) child.Add(row, previous);
      }));
  std::vector<B2Conditional> children;
  for (B2Counts& child : counts) children.emplace_back(std::move(child));
  const auto model = std::make_shared<const B2Model>(marginals.model, std::move(children));
  STANFLOW_ASSIGN_OR_RETURN(const ValidationScore score,
                            ScoreSequences(*MakeRowScorer(model), dataset, split.validate));
  return B2Fit{model, marginals.training_rows, score.rows, score.nats};
}

}  // namespace stanflow
