#ifndef STANFLOW_CORE_EXPORT_FLOW_SINK_H_
#define STANFLOW_CORE_EXPORT_FLOW_SINK_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/clock.h"
#include "core/export/sink_url.h"
#include "core/export/stream_mark.h"
#include "core/flow/address.h"
#include "core/flow/flow.h"

namespace stanflow {

// Since the sink was opened.
struct SinkCounts {
  // Flows that the peer took: handed to the kernel (UDP, TCP), acknowledged (Kafka), written (file).
  uint64_t flows = 0;
  uint64_t packets = 0;  // datagrams, or messages of Kafka; 0 for files
  uint64_t bytes = 0;    // of their payload
  uint64_t dropped_flows = 0;
  // Counters and starts of flows that are beyond the format, and are written as near as they can be.
  uint64_t clamped_values = 0;
  // Times that the peer or the way to it failed, tried again or not.
  uint64_t errors = 0;
  // Time in which flows were there and the peer took none (back-pressure).
  std::chrono::nanoseconds waited{0};
};

// What becomes of flows while the peer takes none.
enum class WhenFull {
  kWait,  // they wait, and so does what comes behind them
  kDrop,  // they are given up and counted
};

struct SinkOptions {
  // A folder of the stream's own, which is there, for what a sink must know after its process has died.
  std::string state_dir;
  // Names the stream among all that ever write to the same place (a job's id).
  std::string stream_id;
  // Folder that relative paths of `file:` start from, and that no path may lead out of.
  std::string file_dir;
  // Of no effect on `file:`: a full disk is an error.
  WhenFull when_full = WhenFull::kWait;
  // Collectors: how many exporters the home hosts are spread over, each with a socket and a source id of its
  // own; 1 to 1024.
  uint32_t exporters = 1;
  Cidr home;
  // How long a peer that is gone is waited for, before the sink fails with UNAVAILABLE.
  std::chrono::milliseconds patience{30000};
  // Asked while waiting: once it answers true, calls end with CANCELLED.
  std::function<bool()> stop_requested = [] { return false; };
};

// Takes the flows of one stream to one place, in order, and knows after a crash how far it got.
//
//   OpenFlowSink -> resumed() -> (Write | Commit)* -> Finish
//
// Promises, with the flows from resumed() on given again after a crash:
//   files   every flow is there once: they are cut back to the newest Commit
//   Kafka   readers with isolation.level=read_committed see every flow once: flows and Commit are one
//           transaction
//   others  no flow is left out, and those since the newest Commit are sent again
// Not safe for concurrent use. After an error a sink is of no more use but for counts().
class FlowSink {
 public:
  virtual ~FlowSink() = default;
  // The newest Commit of the same stream; the beginning if there was none.
  virtual const StreamMark& resumed() const = 0;
  // Whether its peer sees flows again after a crash ("others" above).
  virtual bool sends_again() const = 0;
  // Takes rows [begin, end) of `flows`. Some may stay inside (a datagram that is not full) until Commit.
  // RESOURCE_EXHAUSTED: a full disk; UNAVAILABLE: the peer is gone and patience is over; CANCELLED: stopped.
  virtual absl::Status Write(const FlowTable& flows, size_t begin, size_t end) = 0;
  // Everything that was taken is out, or given up and counted, and `mark`, the place behind it, is kept.
  virtual absl::Status Commit(const StreamMark& mark) = 0;
  // After the stream's last Commit: what is made gets its name, if it has none yet. May wait, whatever
  // when_full is, for a peer to acknowledge what counts as taken; what it has not by then is counted as
  // dropped instead. Errors as of Write, and FAILED_PRECONDITION if the name is another's.
  virtual absl::Status Finish() = 0;
  virtual SinkCounts counts() const = 0;
};

// INVALID_ARGUMENT for what can't be a sink here, before anything is opened: a path outside of file_dir, or
// more exporters than the kind has.
absl::Status CheckFlowSink(const SinkUrl& url, const SinkOptions& options);

// The sink of a URL. `clock` outlives it. Errors as of Write, and INVALID_ARGUMENT, NOT_FOUND or DATA_LOSS
// for what no other try would mend.
absl::StatusOr<std::unique_ptr<FlowSink>> OpenFlowSink(const SinkUrl& url, const SinkOptions& options,
                                                       const Clock* clock);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_FLOW_SINK_H_
