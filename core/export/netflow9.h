#ifndef STANFLOW_CORE_EXPORT_NETFLOW9_H_
#define STANFLOW_CORE_EXPORT_NETFLOW9_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "core/export/datagram_encoder.h"
#include "core/export/template_schedule.h"
#include "core/flow/time.h"

namespace stanflow {

struct NetFlow9Options {
  // Tells apart the exporters that send from one address.
  uint32_t source_id = 0;
  // Datagrams that were sent before: for a stream that goes on.
  uint32_t first_sequence = 0;
  // Octets of a datagram at most.
  size_t max_payload = kDefaultMaxPayload;
  // The defaults of Cisco IOS (`ip flow-export template refresh-rate` and `timeout-rate`).
  TemplateSchedule templates = {20, 30 * kMinuteMs};
};

// NetFlow version 9 (RFC 3954). The sequence number counts datagrams. Two templates, both in the first
// datagram and again on schedule, before the datagram's flows: 256 for every flow, and 257 for those of ICMP,
// with ICMP_TYPE (type * 256 + code), which stands in L4_DST_PORT too, as routers write it. Flows keep their
// order: a datagram has a set for each run of flows of one template. Sets are padded to 4 octets. Counters
// have 64 bits: nothing is clamped. Times are those of ExporterTimes, exact to the millisecond.
// INVALID_ARGUMENT, naming the option, for a payload or a schedule that is not possible.
absl::StatusOr<std::unique_ptr<DatagramEncoder>> NewNetFlow9Encoder(const NetFlow9Options& options);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_NETFLOW9_H_
