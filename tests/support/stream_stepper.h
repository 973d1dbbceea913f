#ifndef STANFLOW_TESTS_SUPPORT_STREAM_STEPPER_H_
#define STANFLOW_TESTS_SUPPORT_STREAM_STEPPER_H_

#include <algorithm>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "core/flow/host_row.h"
#include "core/generate/generator.h"
#include "core/generate/ordered_stream.h"

namespace stanflow {

// Steps one stream alone on the caller's thread: what the scheduler and jobs, with their threads and tiles,
// must equal. Both must outlive it. Not thread-safe.
class StreamStepper {
 public:
  StreamStepper(const Generator* generator, OrderedStream* stream) : generator_(generator), stream_(stream) {}

  // Steps every due context once, tile by tile. After an error the stream is of no more use.
  absl::Status Step() {
    due_.clear();
    stream_->TakeDue(stream_->due(), &due_);
    rows_.resize(due_.size());
    const size_t tile = generator_->info().tile_rows;
    for (size_t i = 0; i < due_.size(); i += tile) {
      const size_t n = std::min(tile, due_.size() - i);
      const absl::Status status =
          generator_->Step(absl::MakeConstSpan(due_).subspan(i, n), absl::MakeSpan(rows_).subspan(i, n));
      if (!status.ok()) return status;
    }
    for (size_t i = 0; i < due_.size(); ++i) stream_->Deliver(due_[i], rows_[i]);
    return absl::OkStatus();
  }

 private:
  const Generator* const generator_;
  OrderedStream* const stream_;
  std::vector<Context*> due_;
  std::vector<HostRow> rows_;
};

}  // namespace stanflow

#endif  // STANFLOW_TESTS_SUPPORT_STREAM_STEPPER_H_
