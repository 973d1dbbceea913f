#include "core/eval/two_sample_fit.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/philox.h"
#include "core/base/status_macros.h"
#include "core/eval/auc.h"
#include "core/eval/boosted_trees.h"

namespace stanflow {
namespace {

constexpr uint32_t kFoldPurpose = 65;

}  // namespace

void LabelledRows::Append(absl::Span<const float> row_features, bool label, double weight, uint64_t unit,
                          uint64_t seed) {
  const double uniform = Uniform2({seed, kFoldPurpose, label ? 1u : 0u, unit, 0})[0];
  features.Append(row_features);
  labels.push_back(label ? 1.0f : 0.0f);
  weights.push_back(static_cast<float>(weight));
  folds.push_back(static_cast<uint32_t>(uniform * kTwoSampleFolds));
}

absl::StatusOr<double> FoldArea(const LabelledRows& all, uint32_t fold) {
  LabelledRows train, test;
  for (size_t i = 0; i < all.folds.size(); ++i) {
    LabelledRows& to = all.folds[i] == fold ? test : train;
    to.features.Append(all.features.Row(i));
    to.labels.push_back(all.labels[i]);
    to.weights.push_back(all.weights[i]);
  }
  for (const LabelledRows* part : {&train, &test}) {
    const auto ones = std::count(part->labels.begin(), part->labels.end(), 1.0f);
    if (ones == 0 || ones == static_cast<ptrdiff_t>(part->labels.size())) return NAN;
  }
  STANFLOW_ASSIGN_OR_RETURN(const std::vector<float> scores,
                            BoostedTreesScores(train.features, train.labels, train.weights, test.features));
  std::vector<ScoredRow> scored;
  for (size_t i = 0; i < scores.size(); ++i)
    scored.push_back({scores[i], test.weights[i], test.labels[i] == 1});
  return AreaUnderCurve(std::move(scored));
}

}  // namespace stanflow
