#include "core/generate/baselines/b1_scorer.h"

namespace stanflow {

absl::Status B1Scorer::Score(absl::Span<const HostRow> rows, absl::Span<RowNats> out) const {
  if (rows.size() != out.size()) return absl::InvalidArgumentError("scores need as many places as rows");
  for (size_t i = 0; i < rows.size(); ++i) out[i] = model_->Score(rows[i]);
  return absl::OkStatus();
}

}  // namespace stanflow
