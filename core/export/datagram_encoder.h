#ifndef STANFLOW_CORE_EXPORT_DATAGRAM_ENCODER_H_
#define STANFLOW_CORE_EXPORT_DATAGRAM_ENCODER_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "core/base/strings.h"
#include "core/export/datagram_batch.h"
#include "core/flow/flow.h"
#include "core/flow/protocol.h"

namespace stanflow {

// An Ethernet frame's 1500 octets less the headers of IPv4 (20) and UDP (8).
inline constexpr size_t kDefaultMaxPayload = 1472;
// Over IPv6, whose header has 40.
inline constexpr size_t kIpv6MaxPayload = 1452;
// At least what every host takes with IPv4 (RFC 791: 576) less headers and some, so that templates and a flow
// fit; at most what UDP over IPv4 can carry.
inline constexpr size_t kLeastMaxPayload = 512, kMostMaxPayload = 65507;

inline absl::Status CheckMaxPayload(size_t octets) {
  if (octets >= kLeastMaxPayload && octets <= kMostMaxPayload) return absl::OkStatus();
  return absl::InvalidArgumentError(
      StrCat("max_payload: ", octets, " is not from ", kLeastMaxPayload, " to ", kMostMaxPayload, " octets"));
}

// Since the encoder was made. What a format can't carry is written as near as it can and counted here.
struct EncoderCounts {
  uint64_t flows = 0;  // in datagrams that were handed out
  uint64_t datagrams = 0;
  uint64_t clamped_counters = 0;  // flows whose packets or bytes are beyond the format: its greatest number
  uint64_t clamped_starts = 0;    // flows that began before the exporter can have been up: its boot
  uint64_t boot_moves = 0;        // times that the exporter seems to have started anew (ExporterTimes)
};

// Turns the flows of one exporter into the datagrams of one format, in the flows' order; its clock is the
// flows', so that equal flows give equal datagrams whenever they are sent. Flows come in the order of their
// ends. Not safe for concurrent use.
class DatagramEncoder {
 public:
  virtual ~DatagramEncoder() = default;
  // Appends the datagrams that rows [begin, end) of `flows` fill. Flows that fill none wait for more, or for
  // Flush. After an error (INTERNAL) the encoder is of no more use.
  virtual absl::Status Add(const FlowTable& flows, size_t begin, size_t end, DatagramBatch* out) = 0;
  // Appends a datagram with the flows that wait, if there are any.
  virtual absl::Status Flush(DatagramBatch* out) = 0;
  // Flows that wait.
  virtual size_t pending() const = 0;
  // What the next datagram's header will say, in the format's own count (flows or datagrams): an encoder that
  // is made anew with it as its first sequence number goes on without a gap. 0 where a format has none.
  virtual uint32_t next_sequence() const = 0;
  virtual EncoderCounts counts() const = 0;
};

// ICMP has no source port. Collectors take one for a type and code and lose the real ones (nfcapd 1.7).
inline uint16_t ExportedSourcePort(const Flow& flow) { return flow.protocol == kIcmp ? 0 : flow.source_port; }

inline int64_t StartMs(const Flow& flow) { return flow.end_ms - int64_t{flow.duration_ms}; }

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_DATAGRAM_ENCODER_H_
