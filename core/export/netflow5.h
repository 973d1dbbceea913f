#ifndef STANFLOW_CORE_EXPORT_NETFLOW5_H_
#define STANFLOW_CORE_EXPORT_NETFLOW5_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "core/export/datagram_encoder.h"

namespace stanflow {

struct NetFlow5Options {
  // Tell apart the exporters that send from one address.
  uint8_t engine_type = 0, engine_id = 0;
  // Flows that were sent before: for a stream that goes on.
  uint32_t first_sequence = 0;
  // Octets of a datagram at most.
  size_t max_payload = kDefaultMaxPayload;
};

// NetFlow version 5 (Cisco, "NetFlow Export Datagram Format", tables B-3 and B-4): a header of 24 octets and
// up to 30 records of 48. flow_sequence counts the flows before the packet. Fields that flows here don't have
// are 0: next hop, interfaces, networks' masks and AS numbers, sampling.
//
// Packets and bytes have 32 bits: greater ones are written as 4294967295 and counted (clamped_counters).
// Times are those of ExporterTimes, exact to the millisecond.
// INVALID_ARGUMENT, naming the option, for a payload that is not possible.
absl::StatusOr<std::unique_ptr<DatagramEncoder>> NewNetFlow5Encoder(const NetFlow5Options& options);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_NETFLOW5_H_
