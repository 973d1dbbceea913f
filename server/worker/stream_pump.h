#ifndef STANFLOW_SERVER_WORKER_STREAM_PUMP_H_
#define STANFLOW_SERVER_WORKER_STREAM_PUMP_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/clock.h"
#include "core/export/flow_sink.h"
#include "core/export/pacer.h"
#include "core/flow/flow.h"
#include "server/jobs/sink_report.h"

namespace stanflow {

// Where a pump's flows come from, in chunks.
class FlowSource {
 public:
  virtual ~FlowSource() = default;
  // Replaces `flows` by the next chunk, which is not empty. False at the stream's end.
  virtual absl::StatusOr<bool> Next(FlowTable* flows) = 0;
  // Flows up to the end of the newest chunk, and the token that goes on behind it.
  virtual uint64_t rows() const = 0;
  virtual const std::string& token() const = 0;
};

struct StreamPumpOptions {
  Pace pace;
  std::string sink_name;  // of reports
  // How much of a stream is sent again after a crash, where the sink can't do better, and how long a flow may
  // wait for others that fill its datagram.
  std::chrono::nanoseconds commit_every = std::chrono::seconds(1);
  std::function<bool()> stop_requested = [] { return false; };
  // A few times a second and at the end.
  std::function<void(const SinkReport& report, uint64_t rows)> report = [](const SinkReport&, uint64_t) {};
};

// Carries a stream's flows from its source to its sink at a pace, and commits the places it gets to. Not safe
// for concurrent use.
class StreamPump {
 public:
  // `sink` and `clock` outlive it. `sent`: file of the stream's own, in which the pump notes how far it has
  // sent, so that the next one knows what is sent again; empty for a sink that sends nothing twice.
  StreamPump(StreamPumpOptions options, FlowSink* sink, const Clock* clock, std::string sent);
  ~StreamPump();

  // Until the source ends, the sink fails, or a stop is requested: then CANCELLED, with everything committed
  // that the sink took without a wait. `source` begins at the token of sink->resumed().
  absl::Status Run(FlowSource* source);

  // Reports if it is time to: Run does, but for as long as the sink takes nothing; whom the sink asks while
  // it waits (SinkOptions::stop_requested) may call this.
  void MaybeReport();

  // Since the pump was made.
  const SinkReport& report() const { return report_; }
  // Flows of the stream up to the newest one written, those before this pump included.
  uint64_t rows() const { return mark_.rows; }

 private:
  using Time = std::chrono::steady_clock::time_point;

  absl::Status Carry(const FlowTable& flows, size_t begin, const StreamMark& before, const StreamMark& after);
  absl::Status CommitBefore(std::chrono::nanoseconds wait);
  absl::Status Commit();
  void NoteSent(uint64_t rows);
  void CountLateness(double seconds, size_t flows);
  void Report();

  const StreamPumpOptions options_;
  FlowSink* const sink_;
  const Clock* const clock_;
  Pacer pacer_;
  int sent_fd_ = -1;
  uint64_t sent_before_ = 0;  // as far as the pump before this one had sent
  StreamMark mark_;           // behind the newest flow written
  uint64_t committed_rows_;
  Time commit_at_, report_at_;
  SinkReport report_;
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_WORKER_STREAM_PUMP_H_
