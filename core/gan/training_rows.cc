#include "core/gan/training_rows.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace stanflow {

absl::StatusOr<std::vector<HostRow>> ReadTrainingRows(const Dataset& dataset, uint64_t max_rows,
                                                      const std::function<bool()>& stop) {
  const std::vector<Sequence> sequences = dataset.Sequences(Split::kTrain);
  uint64_t total = 0;
  for (const Sequence& sequence : sequences) total += sequence.size();
  if (total == 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("dataset ", dataset.manifest().name, " has no training rows outside its hold-out (",
                     dataset.manifest().holdout.ToString(), "): import it with another --holdout"));
  }
  const uint64_t wanted = std::min(total, max_rows);
  std::vector<HostRow> rows;
  rows.reserve(wanted);
  uint64_t seen = 0;
  for (const Sequence& sequence : sequences) {
    if (stop()) return absl::CancelledError("stopped while reading the training rows");
    for (const HostRow& row : dataset.HostRows(sequence)) {
      // Row number `seen` is the k-th one kept where k = rows.size() is due at floor(k * total / wanted).
      if (rows.size() < wanted && seen++ >= rows.size() * total / wanted) rows.push_back(row);
    }
  }
  return rows;
}

}  // namespace stanflow
