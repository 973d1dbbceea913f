#include "core/export/tcp_lines.h"

#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/export/peer_address.h"

namespace stanflow {
namespace {

constexpr std::chrono::milliseconds kRetry{250};
// Nobody tells when the last octet is acknowledged: it is looked for so often.
constexpr std::chrono::milliseconds kLookForAcknowledgement{5};
// Forgetting moves what stays: not for every acknowledgement.
constexpr size_t kForgetAtOnce = 64 << 10;

// Of a connection that is being made: 0 if it is there, EINPROGRESS if not yet, else why it failed.
int ConnectError(int socket) {
  pollfd ready = {socket, POLLOUT, 0};
  if (poll(&ready, 1, 0) <= 0) return EINPROGRESS;
  int error = 0;
  socklen_t length = sizeof(error);
  return getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? error : errno;
}

}  // namespace

TcpLines::~TcpLines() {
  if (socket_ >= 0) close(socket_);
}

absl::Status TcpLines::Push() {
  if (state_ == State::kNone) STANFLOW_RETURN_IF_ERROR(BeginConnect());
  if (state_ == State::kConnecting) STANFLOW_RETURN_IF_ERROR(EndConnect());
  for (bool full = false; !full && !all_sent();) STANFLOW_RETURN_IF_ERROR(SendSome(&full));
  return CheckPeer();
}

absl::Status TcpLines::BeginConnect() {
  if (clock_->SteadyNow() < next_try_) return absl::UnavailableError(last_error_);
  const absl::StatusOr<PeerAddresses> addresses = ResolvePeer(peer_, SOCK_STREAM);
  if (!addresses.ok()) return Break(ToStd(addresses.status().message()));
  size_t count = 0;
  for (const addrinfo* it = addresses->get(); it != nullptr; it = it->ai_next) ++count;
  const addrinfo* address = addresses->get();
  for (size_t skip = tries_++ % count; skip > 0; --skip) address = address->ai_next;
  const int kind = address->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK;
  socket_ = socket(address->ai_family, kind, address->ai_protocol);
  if (socket_ < 0) return Break(strerror(errno));
  state_ = State::kConnecting;
  if (connect(socket_, address->ai_addr, address->ai_addrlen) != 0 && errno != EINPROGRESS) {
    return Break(strerror(errno));
  }
  return absl::OkStatus();
}

absl::Status TcpLines::EndConnect() {
  const int error = ConnectError(socket_);
  if (error == EINPROGRESS) return absl::UnavailableError(StrCat("still connecting to ", PeerName(peer_)));
  if (error != 0) return Break(strerror(error));
  state_ = State::kConnected;
  was_connected_ = true;
  tries_ = 0;
  return absl::OkStatus();
}

absl::Status TcpLines::Break(std::string_view why) {
  if (socket_ >= 0) close(socket_);
  socket_ = -1;
  state_ = State::kNone;
  sent_ = acknowledged_ = 0;
  ++failures_;
  next_try_ = clock_->SteadyNow() + kRetry;
  last_error_ = StrCat("no connection to ", PeerName(peer_), ": ", why);
  return absl::UnavailableError(last_error_);
}

absl::Status TcpLines::SendSome(bool* full) {
  const ssize_t octets =
      send(socket_, lines_.data() + sent_, lines_.size() - sent_, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (octets >= 0) {
    CountSent(static_cast<size_t>(octets));
    return absl::OkStatus();
  }
  *full = errno == EAGAIN || errno == EWOULDBLOCK;
  return *full || errno == EINTR ? absl::OkStatus() : Break(strerror(errno));
}

void TcpLines::CountSent(size_t octets) {
  sent_ += octets;
  if (sent_ <= counted_) return;
  sent_lines_ += LinesBegunIn(counted_, sent_);
  sent_bytes_ += sent_ - counted_;
  counted_ = sent_;
}

size_t TcpLines::LinesBegunIn(size_t begin, size_t end) const {
  size_t lines = 0;
  // A line begins behind the end of another.
  for (size_t i = begin; i < end; ++i) lines += i == 0 || lines_[i - 1] == '\n' ? 1 : 0;
  return lines;
}

// Whether the connection holds, and what it has brought home.
absl::Status TcpLines::CheckPeer() {
  int unacknowledged = 0;
  if (ioctl(socket_, SIOCOUTQ, &unacknowledged) != 0) return Break(strerror(errno));
  // A broken connection's queue says nothing. It is asked first: a break between the two is seen.
  char answer[4096];
  ssize_t octets;
  do {
    octets = recv(socket_, answer, sizeof(answer), MSG_DONTWAIT);
  } while (octets > 0 || (octets < 0 && errno == EINTR));  // peers of syslog say nothing
  if (octets == 0) return Break("closed by the peer");
  if (errno != EAGAIN && errno != EWOULDBLOCK) return Break(strerror(errno));
  acknowledged_ = sent_ - std::min(sent_, static_cast<size_t>(unacknowledged));
  if (acknowledged_ >= kForgetAtOnce || acknowledged_ == lines_.size()) ForgetAcknowledged();
  return absl::OkStatus();
}

void TcpLines::ForgetAcknowledged() {
  const size_t last = acknowledged_ == 0 ? std::string::npos : lines_.rfind('\n', acknowledged_ - 1);
  if (last == std::string::npos) return;
  lines_.erase(0, last + 1);
  sent_ -= last + 1;
  counted_ -= last + 1;
  acknowledged_ -= last + 1;
}

void TcpLines::Wait(std::chrono::milliseconds timeout) {
  if (state_ == State::kNone) return clock_->SleepUntil(std::min(next_try_, clock_->SteadyNow() + timeout));
  const bool sending = state_ == State::kConnecting || !all_sent();
  pollfd change = {socket_, static_cast<int16_t>(sending ? POLLIN | POLLOUT : POLLIN), 0};
  poll(&change, 1,
       static_cast<int>((sending ? timeout : std::min(timeout, kLookForAcknowledgement)).count()));
}

size_t TcpLines::DropUnsent() {
  // A line of which a kernel had a part must be completed.
  size_t keep = counted_;
  if (keep > 0 && lines_[keep - 1] != '\n') keep = lines_.find('\n', keep) + 1;
  const auto dropped = std::count(lines_.begin() + static_cast<ptrdiff_t>(keep), lines_.end(), '\n');
  lines_.resize(keep);
  return static_cast<size_t>(dropped);
}

size_t TcpLines::GiveUp() {
  ForgetAcknowledged();
  const size_t lines = LinesBegunIn(0, lines_.size());
  sent_lines_ -= LinesBegunIn(0, counted_);
  sent_bytes_ -= counted_;
  lines_.clear();
  sent_ = counted_ = acknowledged_ = 0;
  return lines;
}

}  // namespace stanflow
