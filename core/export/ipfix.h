#ifndef STANFLOW_CORE_EXPORT_IPFIX_H_
#define STANFLOW_CORE_EXPORT_IPFIX_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "core/export/datagram_encoder.h"
#include "core/export/template_schedule.h"
#include "core/flow/time.h"

namespace stanflow {

struct IpfixOptions {
  // Tells apart the exporters that send from one address.
  uint32_t observation_domain = 0;
  // Flows that were sent before: for a stream that goes on.
  uint32_t first_sequence = 0;
  // Octets of a message at most.
  size_t max_payload = kDefaultMaxPayload;
  // Packets as with NetFlow v9; the interval is a third of the half hour after which collectors forget
  // templates (libfixbuf does; RFC 6728 has the same defaults).
  TemplateSchedule templates = {20, 10 * kMinuteMs};
};

// IPFIX (RFC 7011) by libfixbuf. The sequence number counts flows. Templates are a message of their own,
// without flows: before all others and again on schedule. 256 is for every flow, 257 for those of ICMP, with
// icmpTypeCodeIPv4; its value stands in destinationTransportPort too, for collectors that look only there.
// Flows keep their order. Counters have 64 bits and times are absolute milliseconds: nothing is clamped.
//
// libfixbuf writes into memory, not to a socket of its own: so that all formats are sent, paced and counted
// in one place, and a full buffer is back-pressure and no error.
// INVALID_ARGUMENT, naming the option, for a payload or a schedule that is not possible; INTERNAL with
// libfixbuf's words if it fails.
absl::StatusOr<std::unique_ptr<DatagramEncoder>> NewIpfixEncoder(const IpfixOptions& options);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_IPFIX_H_
