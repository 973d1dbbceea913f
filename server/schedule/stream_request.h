#ifndef STANFLOW_SERVER_SCHEDULE_STREAM_REQUEST_H_
#define STANFLOW_SERVER_SCHEDULE_STREAM_REQUEST_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "core/flow/flow.h"
#include "core/generate/generator.h"
#include "core/generate/stream_spec.h"

namespace stanflow {

// Where a stream's flows go. Calls come from scheduler threads, one at a time for a sink, and
// must not block; they may call the scheduler's Resume and Cancel. The first one may come
// before Start has returned.
class StreamSink {
 public:
  virtual ~StreamSink() = default;
  // Takes a chunk (never empty; 1 to chunk_rows flows). `first_row` counts from the stream's beginning.
  // Returns false when the sink is full with it (the chunk is taken all the same): the stream
  // then sits out until Resume is called.
  virtual bool Chunk(uint64_t first_row, const FlowTable& flows) = 0;
  // The last call: OK at the stream's extent, CANCELLED, UNAVAILABLE (draining) or what went
  // wrong. It may come while the sink is full. The stream's slot is free by then.
  virtual void Finish(const absl::Status& status) = 0;
};

struct StreamRequest {
  std::shared_ptr<const Generator> generator;
  StreamSpec spec;
  uint32_t chunk_rows = 1024;
  // Rows from the stream's start that are made but not sent (resume).
  uint64_t first_row = 0;
  // Names the stream's snapshots on disk: equal requests on one version have equal keys
  // (SnapshotKey of core/generate/resume_token.h), and may run at once. Empty: no snapshots.
  std::string snapshot_key;
};

struct StreamTicket {
  uint64_t id = 0;
  uint64_t replayed_rows = 0;  // flows made again before `first_row` because no snapshot was nearer
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_SCHEDULE_STREAM_REQUEST_H_
