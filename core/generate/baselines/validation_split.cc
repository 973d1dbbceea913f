#include "core/generate/baselines/validation_split.h"

#include "core/base/philox.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

// Stream of random numbers within a seed.
constexpr uint32_t kValidationStream = 2;

// Gives `to` one of `from`'s, which keeps it if it has no other.
void Share(std::vector<Sequence>* from, std::vector<Sequence>* to) {
  to->push_back(from->back());
  if (from->size() > 1) from->pop_back();
}

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
  if (out.fit.empty()) Share(&out.validate, &out.fit);
  if (out.validate.empty()) Share(&out.fit, &out.validate);
  return out;
}

absl::StatusOr<ValidationScore> ScoreSequences(const Scorer& scorer, const Dataset& dataset,
                                               const std::vector<Sequence>& sequences,
                                               const FitWatch& watch) {
  ValidationScore out;
  std::vector<RowNats> nats;
  STANFLOW_RETURN_IF_ERROR(
      ReadSequences(dataset, sequences, watch, [&](const std::vector<HostRow>& rows) -> absl::Status {
        nats.assign(rows.size(), RowNats());
        STANFLOW_RETURN_IF_ERROR(scorer.Score(rows, absl::MakeSpan(nats)));
        for (const RowNats& row : nats) {
          for (float n : row.exact) out.nats += n;
        }
        out.rows += rows.size();
        return absl::OkStatus();
      }));
  out.nats /= static_cast<double>(out.rows);
  return out;
}

}  // namespace stanflow
