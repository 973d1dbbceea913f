#ifndef STANFLOW_SERVER_SCHEDULE_ACTIVE_STREAM_H_
#define STANFLOW_SERVER_SCHEDULE_ACTIVE_STREAM_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "core/base/clock.h"
#include "core/generate/flow_stream.h"
#include "server/schedule/scheduler_observer.h"
#include "server/schedule/snapshot_store.h"
#include "server/schedule/stream_request.h"

namespace stanflow {

// What all streams of a scheduler share; outlives them.
struct StreamEnvironment {
  const Clock* clock;
  SchedulerObserver* observer;
  SnapshotStore* snapshots;  // null: none
  uint64_t snapshot_rows;    // flows between two snapshots; 0: only when handed back
  std::chrono::milliseconds flush_after;
};

// One admitted stream: its flows, the chunk in the making, its sink.
//
//   kRunning -> kParked   the sink was full
//   kParked  -> kRunning  Resume
//   either   -> kEnded    End, once
//
// Not thread-safe: the scheduler's planning thread, or a helper in its name.
class ActiveStream {
 public:
  enum class State { kRunning, kParked, kEnded };

  // Opens the request's stream: from the newest snapshot at first_row or before it, else from
  // its start. Slow (makes or reads every context), so called on the thread of Start.
  // `flows` is null when nothing is left to make (first_row is the extent in rows).
  static std::unique_ptr<FlowStream> OpenFlows(const StreamRequest& request, uint64_t look_ahead_rows,
                                               SnapshotStore* snapshots);

  ActiveStream(uint64_t id, StreamRequest request, std::unique_ptr<FlowStream> flows, StreamSink* sink,
               std::chrono::steady_clock::time_point started, const StreamEnvironment* environment);

  uint64_t id() const { return id_; }
  const StreamRequest& request() const { return request_; }
  State state() const { return state_; }
  // Why it ended; meaningful in kEnded.
  const absl::Status& end_status() const { return end_status_; }
  StreamSink* sink() const { return sink_; }

  size_t due() const { return flows_ != nullptr && state_ == State::kRunning ? flows_->due() : 0; }
  void TakeDue(size_t limit, std::vector<Context*>* due) { flows_->TakeDue(limit, due); }
  void Deliver(absl::Span<Context* const> contexts, absl::Span<const HostRow> rows);

  // Whether Pump has flows to send though no context was stepped.
  bool ready() const { return state_ == State::kRunning && seekable(); }

  // Sends what may leave, as far as the sink takes it, and saves a snapshot where one is due; a ready stream
  // only some chunks at once, so that it holds up no other. Parks or ends the stream where that is so.
  // Nothing may be taken and not delivered.
  void Pump();
  void Resume();
  void End(absl::Status status);
  // Before a stream is ended that its client may come back for: sends the flows of an
  // unfinished chunk, unless parked, and saves a snapshot.
  void HandBack();

 private:
  uint64_t emitted() const { return flows_ == nullptr ? request_.first_row : flows_->emitted(); }
  bool done() const { return flows_ == nullptr || flows_->done(); }
  bool saves() const {
    return environment_->snapshots != nullptr && !request_.snapshot_key.empty() && !seekable();
  }
  bool seekable() const { return flows_ != nullptr && flows_->seekable(); }
  void Discard();
  // Whether the chunk should go as it is.
  bool ChunkIsReady() const;
  void Send();
  void Park();
  void MaybeSave();
  void Save();

  const uint64_t id_;
  const StreamRequest request_;  // keeps the generator for the flows below
  const std::unique_ptr<FlowStream> flows_;
  StreamSink* const sink_;
  const std::chrono::steady_clock::time_point started_;
  const StreamEnvironment* const environment_;

  State state_ = State::kRunning;
  absl::Status end_status_;
  FlowTable chunk_;  // popped, not sent; empty while parked
  std::chrono::steady_clock::time_point chunk_since_;
  std::chrono::steady_clock::time_point parked_since_;
  bool sent_any_ = false;
  uint64_t saved_row_;              // flows emitted when last saved or restored
  const uint64_t snapshot_writer_;  // of the store; 0: saves nothing
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_SCHEDULE_ACTIVE_STREAM_H_
