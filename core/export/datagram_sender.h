#ifndef STANFLOW_CORE_EXPORT_DATAGRAM_SENDER_H_
#define STANFLOW_CORE_EXPORT_DATAGRAM_SENDER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/export/datagram_batch.h"
#include "core/export/sink_url.h"

namespace stanflow {

// Since the sender was made. Every datagram that was given to it is in one of sent and dropped, or still the
// caller's.
struct SenderCounts {
  uint64_t sent_datagrams = 0, sent_flows = 0, sent_bytes = 0;  // taken by the kernel: UDP promises no more
  uint64_t dropped_datagrams = 0, dropped_flows = 0;            // given up by the caller
  // Answers of the network (ICMP) that a datagram that counts as sent did not arrive, mostly because nobody
  // listens on that port. There may be fewer answers than losses, and they come later: each Send counts those
  // that have come.
  uint64_t unreachable = 0;
  uint64_t full = 0;  // times that there was no room (EAGAIN, ENOBUFS)
};

// Sends datagrams to one collector: a connected socket, many datagrams a system call. It never waits by
// itself: what has no room stays the caller's, who waits for room (back-pressure) or drops, and both are
// counted. Not safe for concurrent use.
class DatagramSender {
 public:
  // NOT_FOUND, naming the host, if its name can't be resolved; UNAVAILABLE if there is no way to it.
  static absl::StatusOr<DatagramSender> Connect(const HostPort& peer);
  // Owns `socket`, a connected one of datagrams; `peer` names its other end in errors.
  DatagramSender(int socket, std::string peer) : socket_(socket), peer_(std::move(peer)) {}
  DatagramSender(DatagramSender&& other) noexcept;
  DatagramSender& operator=(DatagramSender&&) = delete;
  ~DatagramSender();

  // Sends from datagram `*next` of `batch` on, in order, and moves `*next` behind what went: to the batch's
  // size, or less if there is no room for more. Also after an error `*next` is the first one that did not go.
  // INVALID_ARGUMENT for a datagram that is too large for the way there; UNAVAILABLE, and worth another try,
  // for what the network says.
  absl::Status Send(const DatagramBatch& batch, size_t* next);
  // Waits until there may be room, at most `timeout`. False if the time was up first.
  bool WaitForRoom(std::chrono::milliseconds timeout);
  // Gives up the datagrams from `next` on.
  void Drop(const DatagramBatch& batch, size_t next);

  // Octets of a datagram that fit into an Ethernet frame on the way to the peer.
  size_t max_payload() const;

  const SenderCounts& counts() const { return counts_; }

 private:
  int socket_;
  std::string peer_;
  bool no_buffers_ = false;  // the last want of room was the network card's (ENOBUFS)
  SenderCounts counts_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_DATAGRAM_SENDER_H_
