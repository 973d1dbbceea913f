#include "core/generate/baselines/validation_split.h"

#include "core/base/philox.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

// Stream of random numbers within a seed.
constexpr uint32_t kValidationStream = 2;

}  // namespace

absl::StatusOr<ValidationSplit> SplitForValidation(const Dataset& dataset, uint64_t seed, uint64_t one_in) {
  const std::vector<Sequence> all = dataset.Sequences(Split::kTrain);
  if (all.empty()) {
    return absl::FailedPreconditionError(StrCat("dataset \"", dataset.manifest().name,
                                                "\" has no training rows; import it with another --holdout"));
  }
  ValidationSplit out;
  for (size_t i = 0; i < all.size(); ++i) {
    const double u = Uniform2({seed, kValidationStream, 0, i, 0})[0];
    (u * static_cast<double>(one_in) < 1 ? out.validate : out.fit).push_back(all[i]);
  }
  if (out.fit.empty()) out.fit = all;
  if (out.validate.empty()) {
    out.validate.push_back(out.fit.back());
    if (out.fit.size() > 1) out.fit.pop_back();
  }
  return out;
}

absl::StatusOr<ValidationScore> ScoreSequences(const Scorer& scorer, const Dataset& dataset,
                                               const std::vector<Sequence>& sequences) {
  ValidationScore out;
  for (const Sequence& sequence : sequences) {
    const std::vector<HostRow> rows = dataset.HostRows(sequence);
    std::vector<RowNats> nats(rows.size());
    STANFLOW_RETURN_IF_ERROR(scorer.Score(rows, absl::MakeSpan(nats)));
    for (const RowNats& row : nats) {
      for (float n : row.exact) out.nats += n;
    }
    out.rows += rows.size();
  }
  out.nats /= static_cast<double>(out.rows);
  return out;
}

}  // namespace stanflow
