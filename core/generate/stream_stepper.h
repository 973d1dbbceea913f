#ifndef STANFLOW_CORE_GENERATE_STREAM_STEPPER_H_
#define STANFLOW_CORE_GENERATE_STREAM_STEPPER_H_

#include <vector>

#include "absl/status/status.h"
#include "core/flow/host_row.h"
#include "core/generate/generator.h"
#include "core/generate/ordered_stream.h"

namespace stanflow {

// Steps one stream on the caller's thread, for callers that have one to themselves (a job);
// many streams at once are the scheduler's. Both must outlive it. Not thread-safe.
//
//   while (!stream.done()) {
//     STANFLOW_RETURN_IF_ERROR(stepper.Step());
//     stream.Pop(limit, &flows);
//   }
class StreamStepper {
 public:
  StreamStepper(const Generator* generator, OrderedStream* stream) : generator_(generator), stream_(stream) {}

  // Steps every due context once, tile by tile. After an error the stream is of no more use.
  absl::Status Step();

 private:
  const Generator* const generator_;
  OrderedStream* const stream_;
  std::vector<Context*> due_;
  std::vector<HostRow> rows_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_STREAM_STEPPER_H_
