#include "core/export/peer_wait.h"

#include "core/base/strings.h"

namespace stanflow {

absl::Status PeerWait::Next(const absl::Status& peer) {
  if (options_->stop_requested()) return absl::CancelledError("stopped while flows waited for their peer");
  const Time now = clock_->SteadyNow();
  if (!since_) since_ = now;
  if (peer.ok()) {
    gone_since_.reset();
    return absl::OkStatus();
  }
  if (!gone_since_) gone_since_ = now;
  if (now - *gone_since_ < options_->patience) return absl::OkStatus();
  return absl::UnavailableError(
      StrCat(ToStd(peer.message()), "; given up after ", options_->patience.count(), " ms"));
}

void PeerWait::End() {
  ended_ = waited();
  since_.reset();
  gone_since_.reset();
}

std::chrono::nanoseconds PeerWait::waited() const {
  return ended_ + (since_ ? clock_->SteadyNow() - *since_ : std::chrono::nanoseconds(0));
}

}  // namespace stanflow
