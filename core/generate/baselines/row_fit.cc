#include "core/generate/baselines/row_fit.h"

#include "core/base/status_macros.h"

namespace stanflow {

void FitWatch::Report(double fraction) const {
  if (progress) progress(fraction);
}

absl::Status FitWatch::CheckStop() const {
  const bool stop = stop_requested && stop_requested();
  return stop ? absl::CancelledError("stopped while fitting") : absl::OkStatus();
}

FitWatch FitWatch::Part(double begin, double end) const {
  FitWatch part;
  part.stop_requested = stop_requested;
  if (progress) {
    part.progress = [progress = progress, begin, end](double fraction) {
      progress(begin + (end - begin) * fraction);
    };
  }
  return part;
}

absl::Status ReadSequences(const Dataset& dataset, const std::vector<Sequence>& sequences,
                           const FitWatch& watch,
                           absl::FunctionRef<absl::Status(const std::vector<HostRow>& rows)> see) {
  for (size_t i = 0; i < sequences.size(); ++i) {
    STANFLOW_RETURN_IF_ERROR(watch.CheckStop());
    STANFLOW_RETURN_IF_ERROR(see(dataset.HostRows(sequences[i])));
    watch.Report((static_cast<double>(i) + 1) / static_cast<double>(sequences.size()));
  }
  return absl::OkStatus();
}

}  // namespace stanflow
