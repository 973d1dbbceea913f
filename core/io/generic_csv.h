#ifndef STANFLOW_CORE_IO_GENERIC_CSV_H_
#define STANFLOW_CORE_IO_GENERIC_CSV_H_

#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/flow/flow_reader.h"
#include "core/io/reader_options.h"

namespace stanflow {

// Any CSV file whose columns ReaderOptions::schema names (csv_schema.h), quoted as csv_splitter.h says. The
// line of names may stand again between rows, as in files put together. Rows of a file whose line of names
// lacks one that the schema has are all rejected.
inline constexpr std::string_view kGenericCsvFormat = "generic-csv";

// INVALID_ARGUMENT if the schema is empty or wrong.
absl::StatusOr<std::unique_ptr<FlowReader>> OpenGenericCsv(ReaderInput input);

// INVALID_ARGUMENT: without a schema nobody knows what a column holds.
absl::Status ProbeGenericCsv(std::string_view start);

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_GENERIC_CSV_H_
