#ifndef STANFLOW_CORE_EXPORT_TCP_LINES_H_
#define STANFLOW_CORE_EXPORT_TCP_LINES_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "core/base/clock.h"
#include "core/export/sink_url.h"

namespace stanflow {

// Lines to one peer over TCP, through a connection that is made again when it breaks. Lines are kept until
// the peer's kernel has acknowledged them, and sent again over the next connection if it has not: none is
// lost on the way, some may come twice. What the peer's program does with what its kernel has taken, TCP does
// not say.
//
// It never waits by itself, but for the resolver of names. Not safe for concurrent use.
class TcpLines {
 public:
  // `clock` outlives it.
  TcpLines(HostPort peer, const Clock* clock) : peer_(std::move(peer)), clock_(clock) {}
  TcpLines(const TcpLines&) = delete;
  TcpLines& operator=(const TcpLines&) = delete;
  ~TcpLines();

  // Whole lines with their ends.
  void Append(std::string_view lines) { lines_.append(lines); }
  // Gives the kernel what it takes, and connects first if there is no connection. UNAVAILABLE with the reason
  // while there is none: worth another try.
  absl::Status Push();
  // Until something may have changed, at most `timeout`.
  void Wait(std::chrono::milliseconds timeout);
  // Gives up the lines of which no connection was given anything, and answers how many they are.
  size_t DropUnsent();
  // Gives up every line that is not acknowledged, and answers how many they are: none counts as sent.
  size_t GiveUp();

  bool all_sent() const { return sent_ == lines_.size(); }
  // Octets; as Push has found it. Those of a connection that broke count again.
  size_t unacknowledged() const { return lines_.size() - acknowledged_; }
  bool all_acknowledged() const { return lines_.empty(); }
  // Whether the peer has yet to answer for the first time.
  bool connecting_first() const { return state_ == State::kConnecting && !was_connected_; }

  // Since it was made; what is sent again counts once. A line of which the kernel has a part counts, for it
  // will be completed.
  uint64_t sent_lines() const { return sent_lines_; }
  uint64_t sent_bytes() const { return sent_bytes_; }
  // Connections that broke or could not be made.
  uint64_t failures() const { return failures_; }

 private:
  using Time = std::chrono::steady_clock::time_point;
  enum class State { kNone, kConnecting, kConnected };

  absl::Status BeginConnect();
  absl::Status EndConnect();
  absl::Status Break(std::string_view why);
  absl::Status CheckPeer();
  absl::Status SendSome(bool* full);
  void CountSent(size_t octets);
  void ForgetAcknowledged();
  size_t LinesBegunIn(size_t begin, size_t end) const;

  const HostPort peer_;
  const Clock* const clock_;

  // kNone -> kConnecting -> kConnected, and from both of these back.
  State state_ = State::kNone;
  bool was_connected_ = false;
  int socket_ = -1;
  Time next_try_{};
  size_t tries_ = 0;  // which of the peer's addresses is next
  std::string last_error_ = "not connected yet";

  // Lines that are not acknowledged, from a line's begin on; the first `sent_` octets were given to this
  // connection, the first `counted_` to any. The first `acknowledged_` need not be here any more.
  std::string lines_;
  size_t sent_ = 0, counted_ = 0, acknowledged_ = 0;
  uint64_t sent_lines_ = 0, sent_bytes_ = 0, failures_ = 0;  // lines: those that were begun
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_TCP_LINES_H_
