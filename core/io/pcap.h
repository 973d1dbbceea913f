#ifndef STANFLOW_CORE_IO_PCAP_H_
#define STANFLOW_CORE_IO_PCAP_H_

#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/flow/flow_reader.h"
#include "core/io/reader_options.h"

namespace stanflow {

// Packet captures, pcap and pcapng, of which nfpcapd (Debian's package nfdump) makes flows: a flow is one
// direction of a five-tuple, ends after 60 seconds without a packet, and is cut after 300 seconds (nfpcapd's
// own defaults, and usual ones of routers; it looks for flows to end when packets come, so that a longer
// silence of all hosts ends none). A packet from or to port 53 is a flow of its own. Bytes are those of the
// IP packets, flags those of all packets; nfpcapd 1.7.1 records no ToS (0). nfdump_output.h says how the
// flows are read.
//
// nfpcapd works through the whole capture before the first flow is there, and leaves its flows in the scratch
// folder meanwhile. It passes over what is no IP (ARP, say); packets that it can't read because they were cut
// off in the capture or their layer below IP is unknown are told as one rejected row behind the last flow.
inline constexpr std::string_view kPcapFormat = "pcap";

// NOT_FOUND if nfdump is not installed; DATA_LOSS, with nfpcapd's words, if the capture is damaged or breaks
// off.
absl::StatusOr<std::unique_ptr<FlowReader>> OpenPcap(ReaderInput input);

// Whether `start`, the beginning of a file, has a capture's mark, in either byte order; else
// INVALID_ARGUMENT.
absl::Status ProbePcap(std::string_view start);

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_PCAP_H_
