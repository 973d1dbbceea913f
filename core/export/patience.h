#ifndef STANFLOW_CORE_EXPORT_PATIENCE_H_
#define STANFLOW_CORE_EXPORT_PATIENCE_H_

#include <chrono>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "core/base/clock.h"
#include "core/base/strings.h"
#include "core/export/flow_sink.h"

namespace stanflow {

// How long a peer that does nothing is waited for. Not safe for concurrent use.
class Patience {
 public:
  // `clock` outlives it.
  Patience(const SinkOptions& options, const Clock* clock)
      : patience_(options.patience), stop_requested_(options.stop_requested), clock_(clock) {
    Renew();
  }

  // A wait begins, or the peer did something.
  void Renew() { since_ = clock_->SteadyNow(); }
  // OK: wait on. CANCELLED once a stop is asked for, UNAVAILABLE once `peer` did nothing for too long.
  absl::Status Check(std::string_view peer) const {
    if (stop_requested_()) return absl::CancelledError("stopped");
    if (clock_->SteadyNow() - since_ < patience_) return absl::OkStatus();
    return absl::UnavailableError(StrCat(peer, " did nothing for ", patience_.count(), " ms"));
  }
  std::chrono::milliseconds length() const { return patience_; }

 private:
  const std::chrono::milliseconds patience_;
  const std::function<bool()> stop_requested_;
  const Clock* const clock_;
  std::chrono::steady_clock::time_point since_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_PATIENCE_H_
