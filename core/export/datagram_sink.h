#ifndef STANFLOW_CORE_EXPORT_DATAGRAM_SINK_H_
#define STANFLOW_CORE_EXPORT_DATAGRAM_SINK_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "core/base/clock.h"
#include "core/export/datagram_encoder.h"
#include "core/export/datagram_sender.h"
#include "core/export/flow_sink.h"

namespace stanflow {

// What becomes of flows in the datagrams of one exporter.
struct DatagramFormat {
  std::string_view name;  // "netflow9"
  // `exporter`: 0 is the first; it stands in its datagrams. They begin with `first_sequence` and have at most
  // `max_payload` octets, where a format fills them.
  absl::StatusOr<std::unique_ptr<DatagramEncoder>> (*new_encoder)(uint32_t exporter, uint32_t first_sequence,
                                                                  size_t max_payload);
};

// Flows as datagrams of SinkOptions::exporters exporters, each with an encoder and a socket of its own. A
// flow leaves by the exporter of its home host: the offset of its address in SinkOptions::home modulo the
// number of exporters. The home host is the source if it is in `home`, else the destination; a flow between
// strangers leaves by exporter 0.
//
// Commit sends what waits in datagrams that are not full. Sequence numbers go on from the newest Commit:
// after a crash a collector sees those of the flows that are sent again a second time.
//
// What is lost: UDP has no answer. A socket of ours that is full (the network card is slower) is
// back-pressure or counted drops, as SinkOptions::when_full says. A collector whose own socket's buffer is
// full loses datagrams that count as taken, and only it can tell, by gaps in the sequence: send slower (a
// pace), or give it a larger buffer (nfcapd -B). What the network answers by ICMP, mostly that nobody
// listens, is counted in SinkCounts::errors and stops nothing.
//
// `connect` makes one socket an exporter. Errors are those of OpenFlowSink.
absl::StatusOr<std::unique_ptr<FlowSink>> OpenDatagramSink(
    const DatagramFormat& format, const std::function<absl::StatusOr<DatagramSender>()>& connect,
    const SinkOptions& options, const Clock* clock);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_DATAGRAM_SINK_H_
