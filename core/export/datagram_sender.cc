#include "core/export/datagram_sender.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/export/datagram_encoder.h"
#include "core/export/peer_address.h"

namespace stanflow {
namespace {

// Datagrams for one system call: beyond some dozens the call itself no longer counts.
constexpr size_t kMostAtOnce = 64;

// As sendmmsg: how many went, or -1 and errno.
int SendSome(int socket, const DatagramBatch& batch, size_t begin) {
  std::array<iovec, kMostAtOnce> parts;
  std::array<mmsghdr, kMostAtOnce> messages = {};
  const size_t count = std::min(kMostAtOnce, batch.size() - begin);
  for (size_t i = 0; i < count; ++i) {
    const std::string_view datagram = batch[begin + i];
    parts[i].iov_base = const_cast<char*>(datagram.data());  // it is only read
    parts[i].iov_len = datagram.size();
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  return sendmmsg(socket, messages.data(), static_cast<unsigned>(count), MSG_DONTWAIT | MSG_NOSIGNAL);
}

// Has the kernel keep what ICMP says of datagrams, one by one, and say when a network card's queue drops one:
// otherwise sendmmsg loses the first and keeps silent about the second.
void KeepErrors(int socket) {
  const int on = 1;
  setsockopt(socket, IPPROTO_IP, IP_RECVERR, &on, sizeof(on));
  setsockopt(socket, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof(on));
}

bool IsFromIcmp(const cmsghdr& header) {
  const bool ipv4 = header.cmsg_level == IPPROTO_IP && header.cmsg_type == IP_RECVERR;
  const bool ipv6 = header.cmsg_level == IPPROTO_IPV6 && header.cmsg_type == IPV6_RECVERR;
  if (!ipv4 && !ipv6) return false;
  sock_extended_err error;
  memcpy(&error, CMSG_DATA(&header), sizeof(error));
  return error.ee_origin == SO_EE_ORIGIN_ICMP || error.ee_origin == SO_EE_ORIGIN_ICMP6;
}

// Takes what the kernel has kept; how many of it came by ICMP.
size_t TakeIcmpErrors(int socket) {
  size_t found = 0;
  while (true) {
    char start_of_datagram[1];
    iovec part = {start_of_datagram, sizeof(start_of_datagram)};
    alignas(cmsghdr) char control[256];
    msghdr message = {};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof(control);
    if (recvmsg(socket, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return found;
    for (cmsghdr* next = CMSG_FIRSTHDR(&message); next != nullptr; next = CMSG_NXTHDR(&message, next)) {
      if (IsFromIcmp(*next)) ++found;
    }
  }
}

bool IsNoRoom(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == ENOBUFS; }

absl::Status SendError(int error, const std::string& peer, size_t octets) {
  if (error == EMSGSIZE) {
    return absl::InvalidArgumentError(StrCat("a datagram of ", octets, " octets is too large for the way to ",
                                             peer, "; look at the MTU of that way"));
  }
  return absl::UnavailableError(StrCat("can't send to ", peer, ": ", strerror(error)));
}

}  // namespace

absl::StatusOr<DatagramSender> DatagramSender::Connect(const HostPort& peer) {
  STANFLOW_ASSIGN_OR_RETURN(const PeerAddresses addresses, ResolvePeer(peer, SOCK_DGRAM));
  int error = 0;
  for (const addrinfo* address = addresses.get(); address != nullptr; address = address->ai_next) {
    const int fd = socket(address->ai_family, address->ai_socktype | SOCK_CLOEXEC, address->ai_protocol);
    if (fd >= 0 && connect(fd, address->ai_addr, address->ai_addrlen) == 0) {
      KeepErrors(fd);
      return DatagramSender(fd, PeerName(peer));
    }
    error = errno;
    if (fd >= 0) close(fd);
  }
  return absl::UnavailableError(StrCat("there is no way to ", PeerName(peer), ": ", strerror(error)));
}

DatagramSender::DatagramSender(DatagramSender&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      peer_(std::move(other.peer_)),
      no_buffers_(other.no_buffers_),
      counts_(other.counts_) {}

DatagramSender::~DatagramSender() {
  if (socket_ >= 0) close(socket_);
}

absl::Status DatagramSender::Send(const DatagramBatch& batch, size_t* next) {
  counts_.unreachable += TakeIcmpErrors(socket_);
  while (*next < batch.size()) {
    const int sent = SendSome(socket_, batch, *next);
    const int error = errno;
    for (int i = 0; i < sent; ++i, ++*next) {
      ++counts_.sent_datagrams;
      counts_.sent_flows += batch.flows(*next);
      counts_.sent_bytes += batch[*next].size();
    }
    const size_t unreachable = TakeIcmpErrors(socket_);
    counts_.unreachable += unreachable;
    // An error that came by ICMP is an earlier datagram's: this one was not tried.
    if (sent > 0 || error == EINTR || unreachable > 0) continue;
    if (!IsNoRoom(error)) return SendError(error, peer_, batch[*next].size());
    ++counts_.full;
    no_buffers_ = error == ENOBUFS;
    return absl::OkStatus();
  }
  return absl::OkStatus();
}

size_t DatagramSender::max_payload() const {
  int family = AF_UNSPEC;
  socklen_t length = sizeof(family);
  getsockopt(socket_, SOL_SOCKET, SO_DOMAIN, &family, &length);
  return family == AF_INET6 ? kIpv6MaxPayload : kDefaultMaxPayload;
}

bool DatagramSender::WaitForRoom(std::chrono::milliseconds timeout) {
  if (no_buffers_) {
    // The socket has room, the card's queue has not, and nothing tells when it has: a millisecond is many
    // frames.
    no_buffers_ = false;
    poll(nullptr, 0, 1);
    return true;
  }
  pollfd waiting = {socket_, POLLOUT, 0};
  return poll(&waiting, 1, static_cast<int>(timeout.count())) > 0;
}

void DatagramSender::Drop(const DatagramBatch& batch, size_t next) {
  for (; next < batch.size(); ++next) {
    ++counts_.dropped_datagrams;
    counts_.dropped_flows += batch.flows(next);
  }
}

}  // namespace stanflow
