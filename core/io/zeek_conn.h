#ifndef STANFLOW_CORE_IO_ZEEK_CONN_H_
#define STANFLOW_CORE_IO_ZEEK_CONN_H_

#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/flow/flow_reader.h"
#include "core/io/flow_writer.h"
#include "core/io/reader_options.h"

namespace stanflow {

// Zeek's conn.log (docs.zeek.org, base/protocols/conn), as tab-separated text with a head of '#' lines, or as
// a JSON object a line. A record is a connection with both directions. Of it are taken:
//
//   ts, duration            start and length; both directions get them, for each one's own are not known.
//                           Numbers of seconds, UTC text, or (JSON) milliseconds; no duration is 0
//   id.orig_h, id.resp_h    initiator and responder
//   id.orig_p, id.resp_p    ports; of ICMP Zeek writes the type, and the code or the answer's type
//   proto, ip_proto         the number is only looked at where the name is unknown_transport
//   orig_pkts, resp_pkts, orig_ip_bytes, resp_ip_bytes
//                           each direction's packets and bytes with IP headers, as NetFlow counts them
//   history                 TCP flags of each direction (upper case: the initiator's): S SYN; H SYN, ACK;
//                           A, W ACK; D, T ACK, PSH; F FIN; R RST; I FIN, RST; Q SYN. That data means PSH is
//                           this reader's assumption (a sender sets it on the last segment of what it sends).
//                           URG, ECE and CWR are not known
//
// ToS is not known: 0. Only TCP has flags.

// The head's #separator, #empty_field, #unset_field, #fields and #types are followed, wherever in the file a
// new head begins; #set_separator is not needed, for nothing of a flow is a set. Rows before #fields, or
// after a head that is not of a conn.log, are rejected.
inline constexpr std::string_view kZeekTsvFormat = "zeek-tsv";
absl::StatusOr<std::unique_ptr<FlowReader>> OpenZeekTsv(ReaderInput input);

// What is null or missing is unset. Other keys are read over.
inline constexpr std::string_view kZeekJsonFormat = "zeek-json";
absl::StatusOr<std::unique_ptr<FlowReader>> OpenZeekJson(ReaderInput input);

// Whether `start`, the beginning of a file, is of the format; else INVALID_ARGUMENT with the first line's
// fault.
absl::Status ProbeZeekTsv(std::string_view start);
absl::Status ProbeZeekJson(std::string_view start);

// Writes tab-separated text that Zeek 7.1 could have written without #open and #close, a connection without
// answers for each flow. What a flow does not say is unset: service, payload bytes, locality. uid is made of
// the flow's values, so that the same flow has the same one. Flags that no history can say (PSH without ACK,
// URG, ECE, CWR), those of other protocols than TCP, the ToS, and a source port of ICMP are lost.
std::unique_ptr<FlowWriter> NewZeekTsvWriter();

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_ZEEK_CONN_H_
