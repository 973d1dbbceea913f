#ifndef STANFLOW_CORE_IO_UGR16_CSV_H_
#define STANFLOW_CORE_IO_UGR16_CSV_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "core/flow/flow_reader.h"
#include "core/io/flow_writer.h"
#include "core/io/reader_options.h"

namespace stanflow {

// The flow files of UGR'16, which nfdump wrote (Macia-Fernandez et al., Computers & Security 73, 2018):
//
//   te,td,sa,da,sp,dp,pr,flg,fwd,stos,pkt,byt,label
//   2016-04-11 00:01:39,22.052,198.51.100.7,10.1.0.5,17784,22,TCP,.AP.S.,0,0,35,3928,background
//
// te end (UTC), td duration (s), sa/da addresses, sp/dp ports (dp of ICMP: type * 256 + code, or
// "type.code"), pr protocol, flg TCP flags, fwd forwarding status, stos ToS, pkt packets, byt bytes.
// fwd is checked and dropped, label is dropped. The line of names may be missing. Blank lines hold no row.
inline constexpr std::string_view kUgr16CsvFormat = "ugr16-csv";
inline constexpr std::string_view kUgr16Columns = "te,td,sa,da,sp,dp,pr,flg,fwd,stos,pkt,byt,label";

// One line without its end. On false, `reason` says what is wrong with it.
bool ParseUgr16Row(std::string_view line, Flow* flow, std::string* reason);

absl::StatusOr<std::unique_ptr<FlowReader>> OpenUgr16Csv(ReaderInput input);

// Whether `start`, the beginning of a file, is of this format; else INVALID_ARGUMENT with the first line's
// fault.
absl::Status ProbeUgr16Csv(std::string_view start);

// Writes what the reader reads: te in whole seconds, td with three decimals, fwd 0, label "background".
std::unique_ptr<FlowWriter> NewUgr16CsvWriter();

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_UGR16_CSV_H_
