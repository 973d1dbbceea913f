#ifndef STANFLOW_CORE_IO_CTU13_BINETFLOW_H_
#define STANFLOW_CORE_IO_CTU13_BINETFLOW_H_

#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/flow/flow_reader.h"
#include "core/io/reader_options.h"

namespace stanflow {

// The .binetflow files of CTU-13 (Garcia et al., Computers & Security 45, 2014), which Argus wrote: a line of
// names, then a record of both directions a row.
//
//   StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,SrcBytes,Label
//   2011/08/10 09:46:59.607825,1.03,tcp,94.44.127.113,1577,   ->,147.32.84.59,6881,S_RA,0,0,4,276,156,flow=..
//
//   StartTime, Dur    start and length (s); both directions get them. StartTime names no zone (CTU-13 was
//                     recorded by Prague's clock): it is taken as it stands, as UTC
//   Proto             by name; what Argus calls rtp, rtcp and udt is UDP
//   SrcAddr, DstAddr  initiator and responder, whatever Dir says
//   Sport, Dport      decimal or hexadecimal; none is 0. Of ICMP, Sport is the type with the code above it
//                     (0x0303), and Dport, the message's id, is dropped
//   State             of TCP, the flags of the initiator, '_', those of the responder, in letters of FSRPAUEC
//                     ("S_RA"); a state without '_' says nothing of flags
//   sTos, dTos        ToS of either direction; none is 0
//   TotBytes, SrcBytes  bytes of both directions, and the initiator's of them
//   TotPkts           packets of both. SrcPkts or DstPkts, which later files have, give each direction's.
//                     Without them that is not known: TotPkts is divided in the ratio of the bytes, at least
//                     one packet for a direction that has bytes. kKeep's flow has no such estimate in it
//
// Label is dropped. Other columns may be there, in any order.
inline constexpr std::string_view kCtu13Format = "ctu13-binetflow";

absl::StatusOr<std::unique_ptr<FlowReader>> OpenCtu13Binetflow(ReaderInput input);

// Whether `start`, the beginning of a file, has the line of names; else INVALID_ARGUMENT with what is wrong.
absl::Status ProbeCtu13Binetflow(std::string_view start);

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_CTU13_BINETFLOW_H_
