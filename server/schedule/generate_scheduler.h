#ifndef STANFLOW_SERVER_SCHEDULE_GENERATE_SCHEDULER_H_
#define STANFLOW_SERVER_SCHEDULE_GENERATE_SCHEDULER_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "server/schedule/active_stream.h"
#include "server/schedule/scheduler_observer.h"
#include "server/schedule/snapshot_store.h"
#include "server/schedule/step_engine.h"
#include "server/schedule/stream_request.h"

namespace stanflow {

struct GenerateSchedulerOptions {
  // Threads that step tiles, the planning one among them. 0: one a core.
  int engine_threads = 0;
  // Streams that may run at once; one more is RESOURCE_EXHAUSTED at once.
  int max_streams = 256;
  // Contexts over all streams: bounds memory.
  int64_t max_contexts = 65536;
  // Rows that may wait inside a stream for contexts behind them, 64 a host at most. More fills the
  // batches of a stream of many hosts better (512 hosts: 75 contexts a step with 4096 rows, 114 with
  // this); a row is about 60 bytes.
  uint64_t look_ahead_rows = 16384;
  // Flows between two durable snapshots of a stream; 0: only when the server drains.
  uint64_t snapshot_rows = 200000;
  // Tiles a thread steps before streams may join, leave or be cancelled: bounds the time of a step.
  int tiles_per_thread = 4;
  // Of a generator whose tiles cost the same full or not: a part-filled one beside full ones waits for the
  // next step unless it is filled so far (0 to 1).
  double min_tile_fill = 0.5;
  // An unfinished chunk is sent when its oldest flow has waited so long, and the first one at once: slow
  // models need not fill a chunk before the client sees a flow. Never changes the flows.
  std::chrono::milliseconds flush_after{100};
};

// Steps all active streams together, one flow of every due context a step; streams join and
// leave between steps. What a stream's sink gets depends on its request alone, never on the
// other streams, the threads, the chunk size, or when it was parked.
//
// One planning thread runs the loop: events (join, resume, cancel, drain), then a step of the
// StepEngine, then the ends of streams. A full sink parks its own stream only, for as long as the
// sink likes: whether its reader is slow or gone only the sink can tell, which then cancels. An
// error of Generator::Step ends the streams that had a context in that tile.
//
// Thread-safe. Nothing but Drain and the destructor waits for a step.
class GenerateScheduler {
 public:
  // `clock`, `snapshots` (null: no snapshots) and `observer` (null: none) outlive the scheduler.
  GenerateScheduler(const GenerateSchedulerOptions& options, const Clock* clock, SnapshotStore* snapshots,
                    SchedulerObserver* observer);
  // Drains with no time left. Every sink has had its Finish when it returns.
  ~GenerateScheduler();

  // Admits a stream and begins it at once: calls to `sink` may come before this returns. Iff OK,
  // `sink` must live until its Finish returns, and Finish will be called; otherwise it is
  // never called. INVALID_ARGUMENT names the bad field; RESOURCE_EXHAUSTED at once while
  // full; FAILED_PRECONDITION where the stream alone has more hosts than ever fit;
  // UNAVAILABLE while draining. Makes or restores the stream's contexts on the caller's
  // thread, and with first_row > 0 reads its newest snapshot there.
  absl::StatusOr<StreamTicket> Start(StreamRequest request, StreamSink* sink);

  // The sink of a parked stream has room again. For a stream that is not parked, has ended or
  // never was it does nothing, or at worst lets one chunk more through to a full sink.
  void Resume(uint64_t id);
  // Ends a stream with CANCELLED after the step in progress, if it has not ended by then.
  void Cancel(uint64_t id);

  // Admits no stream any more, lets those running end until `deadline` (of the clock's steady
  // time), then ends the rest with UNAVAILABLE, their unfinished chunks sent and a snapshot of
  // each offered. Returns when every stream has had its Finish.
  void Drain(std::chrono::steady_clock::time_point deadline);

  SchedulerLoad Load() const;
  const GenerateSchedulerOptions& options() const { return options_; }

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Events {
    std::vector<std::unique_ptr<ActiveStream>> joins;
    std::vector<uint64_t> resumes, cancels;
    bool drain_now = false;
    bool stop = false;
    bool empty() const { return joins.empty() && resumes.empty() && cancels.empty() && !stop; }
  };

  absl::Status Check(const StreamRequest& request) const;
  absl::Status Admit(int64_t contexts);

  // On the planning thread.
  void Run();
  Events NextEvents();
  std::optional<Time> NextTimeout() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Apply(Events events);
  void FinishEnded();
  void Finish(ActiveStream* stream);
  void ReportLoad();

  const GenerateSchedulerOptions options_;
  const Clock* const clock_;
  SnapshotStore* const snapshots_;
  SchedulerObserver* const observer_;
  const StreamEnvironment environment_;

  mutable Mutex mutex_;
  CondVar wake_;  // the planning thread has something to do
  CondVar idle_;  // the last stream had its Finish
  Events events_ ABSL_GUARDED_BY(mutex_);
  SchedulerLoad load_ ABSL_GUARDED_BY(mutex_);
  int unfinished_ ABSL_GUARDED_BY(mutex_) = 0;  // admitted streams whose Finish has not returned
  uint64_t next_id_ ABSL_GUARDED_BY(mutex_) = 1;
  std::optional<Time> drain_deadline_ ABSL_GUARDED_BY(mutex_);

  // The planning thread's alone.
  StepEngine engine_;
  SchedulerLoad reported_;

  std::thread planner_;  // last: it uses all of the above
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_SCHEDULE_GENERATE_SCHEDULER_H_
