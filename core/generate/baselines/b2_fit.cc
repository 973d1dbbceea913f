#include "core/generate/baselines/b2_fit.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "core/base/status_macros.h"
#include "core/generate/baselines/validation_split.h"

namespace stanflow {
namespace {

using Largest = std::array<uint64_t, kNumAttributes>;

// Where the work's parts end, roughly by their time.
constexpr double kB1Fitted = 0.7, kLargestKnown = 0.8, kCounted = 0.95;

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

absl::StatusOr<Largest> LargestValues(const Dataset& dataset, const std::vector<Sequence>& sequences,
                                      const FitWatch& watch) {
  Largest largest{};
  STANFLOW_RETURN_IF_ERROR(ReadSequences(dataset, sequences, watch, [&](const std::vector<HostRow>& rows) {
    for (const HostRow& row : rows) {
      for (int a = 0; a < kNumAttributes; ++a)
        largest[a] = std::max(largest[a], row.Get(static_cast<Attribute>(a)));
    }
    return absl::OkStatus();
  }));
  return largest;
}

absl::Status Count(const Dataset& dataset, const std::vector<Sequence>& sequences, const FitWatch& watch,
                   std::vector<B2Counts>* counts) {
  return ReadSequences(dataset, sequences, watch, [&](const std::vector<HostRow>& rows) {
    for (size_t i = 0; i < rows.size(); ++i) {
      for (B2Counts& child : *counts) child.Add(rows[i], i == 0 ? nullptr : &rows[i - 1]);
    }
    return absl::OkStatus();
  });
}

}  // namespace

absl::StatusOr<B2Fit> FitB2Model(const Dataset& dataset, const B2FitOptions& options) {
  STANFLOW_ASSIGN_OR_RETURN(const std::vector<B2Node> nodes, ParseB2Structure(options.structure));
  const B1FitOptions& common = options.marginals;
  STANFLOW_ASSIGN_OR_RETURN(const ValidationSplit split,
                            SplitForValidation(dataset, common.seed, common.validation_one_in));
  STANFLOW_ASSIGN_OR_RETURN(const auto marginals,
                            FitB1Sequences(dataset, split.fit, common, common.Part(0, kB1Fitted)));
  STANFLOW_ASSIGN_OR_RETURN(const Largest largest,
                            LargestValues(dataset, split.fit, common.Part(kB1Fitted, kLargestKnown)));
  std::vector<B2Counts> counts;
  for (const B2Node& node : nodes)
    counts.push_back(EmptyCounts(node, largest, marginals->duration_step_ms()));
  STANFLOW_RETURN_IF_ERROR(Count(dataset, split.fit, common.Part(kLargestKnown, kCounted), &counts));
  std::vector<B2Conditional> children;
  for (B2Counts& child : counts) children.emplace_back(std::move(child));
  const auto model = std::make_shared<const B2Model>(marginals, std::move(children));
  STANFLOW_ASSIGN_OR_RETURN(
      const ValidationScore score,
      ScoreSequences(*MakeRowScorer(model), dataset, split.validate, common.Part(kCounted, 1)));
  return B2Fit{model, marginals->rows(), score.rows, score.nats};
}

}  // namespace stanflow
