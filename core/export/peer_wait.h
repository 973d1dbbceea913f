#ifndef STANFLOW_CORE_EXPORT_PEER_WAIT_H_
#define STANFLOW_CORE_EXPORT_PEER_WAIT_H_

#include <chrono>
#include <optional>

#include "absl/status/status.h"
#include "core/base/clock.h"
#include "core/export/flow_sink.h"

namespace stanflow {

// How long a wait may last before the next look at SinkOptions::stop_requested.
inline constexpr std::chrono::milliseconds kStopCheck{100};

// The time in which flows wait for a peer: whether to go on waiting, and how long it was. Not safe for
// concurrent use.
class PeerWait {
 public:
  // Both outlive it.
  PeerWait(const SinkOptions* options, const Clock* clock) : options_(options), clock_(clock) {}

  // Before each wait. `peer` is OK if the peer is there and only takes nothing, which is waited for without
  // end, else why it is gone. CANCELLED if a stop was requested; UNAVAILABLE, with `peer`'s words, once it
  // was gone for SinkOptions::patience.
  absl::Status Next(const absl::Status& peer);
  // The peer took something.
  void End();

  // Of all waits, also one that has not ended.
  std::chrono::nanoseconds waited() const;

 private:
  using Time = std::chrono::steady_clock::time_point;

  const SinkOptions* const options_;
  const Clock* const clock_;
  std::optional<Time> since_, gone_since_;
  std::chrono::nanoseconds ended_{0};
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_PEER_WAIT_H_
