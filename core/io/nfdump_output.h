#ifndef STANFLOW_CORE_IO_NFDUMP_OUTPUT_H_
#define STANFLOW_CORE_IO_NFDUMP_OUTPUT_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/flow/flow_reader.h"
#include "core/io/reader_options.h"

namespace stanflow {

// What nfdump is to read, and what a reader of its answer says of it.
struct NfdumpInput {
  std::string_view format;            // of the reader; outlives it
  std::vector<std::string> args;      // {"-r", FILE} or {"-R", FOLDER}
  std::shared_ptr<const void> files;  // keeps temporary files until the reader goes
  std::string left_out;               // reason of a rejected row behind the last record; empty: there is none
};

// Runs nfdump in a process of its own, which writes a line a record, to the millisecond; nfdump_record.h says
// what is read of it. The number of a row is that of the record. NOT_FOUND if nfdump is not installed,
// DATA_LOSS with its words if it can't read the input.
absl::StatusOr<std::unique_ptr<FlowReader>> OpenNfdumpOutput(NfdumpInput input, const ReaderOptions& options);

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_NFDUMP_OUTPUT_H_
