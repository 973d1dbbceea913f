#include "core/generate/stream_stepper.h"

#include <algorithm>

#include "absl/types/span.h"
#include "core/base/status_macros.h"

namespace stanflow {

absl::Status StreamStepper::Step() {
  due_.clear();
  stream_->TakeDue(stream_->due(), &due_);
  rows_.resize(due_.size());
  const size_t tile = generator_->info().tile_rows;
  for (size_t i = 0; i < due_.size(); i += tile) {
    const size_t n = std::min(tile, due_.size() - i);
    STANFLOW_RETURN_IF_ERROR(
        generator_->Step(absl::MakeConstSpan(due_).subspan(i, n), absl::MakeSpan(rows_).subspan(i, n)));
  }
  for (size_t i = 0; i < due_.size(); ++i) stream_->Deliver(due_[i], rows_[i]);
  return absl::OkStatus();
}

}  // namespace stanflow
