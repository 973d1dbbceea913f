#ifndef STANFLOW_CORE_IO_NFDUMP_CSV_H_
#define STANFLOW_CORE_IO_NFDUMP_CSV_H_

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "core/flow/flow_reader.h"
#include "core/io/flow_writer.h"
#include "core/io/reader_options.h"

namespace stanflow {

// What `nfdump -o csv` writes: a line of names, a row a flow, and a summary of three lines, which is no row.
// nfdump 1.6 and 1.7.1 write the 48 columns of kNfdumpCsvColumns, later ones columns of their user's choice;
// nfdump_record.h has what is read of them. The line of names may stand again between rows, as in files put
// together. Without it (nfdump -q) the rows are taken for those 48 columns.
//
// nfdump writes its own machine's local time: run it with TZ=UTC.
inline constexpr std::string_view kNfdumpCsvFormat = "nfdump-csv";
inline constexpr std::string_view kNfdumpCsvColumns =
    "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out,sas,das,smk,dmk,dtos,dir,nh,nhb,svln,"
    "dvln,ismc,odmc,idmc,osmc,mpls1,mpls2,mpls3,mpls4,mpls5,mpls6,mpls7,mpls8,mpls9,mpls10,cl,sl,al,ra,eng,"
    "exid,tr";

absl::StatusOr<std::unique_ptr<FlowReader>> OpenNfdumpCsv(ReaderInput input);

// Whether `start`, the beginning of a file, is of this format; else INVALID_ARGUMENT with the first line's
// fault.
absl::Status ProbeNfdumpCsv(std::string_view start);

// Writes the 48 columns, and no summary. Times have milliseconds only where they are not whole seconds; tr,
// the time of receipt, is the end; what a flow does not have is 0.
std::unique_ptr<FlowWriter> NewNfdumpCsvWriter();

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_NFDUMP_CSV_H_
