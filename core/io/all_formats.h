#ifndef STANFLOW_CORE_IO_ALL_FORMATS_H_
#define STANFLOW_CORE_IO_ALL_FORMATS_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/flow/flow_reader.h"
#include "core/io/flow_writer.h"
#include "core/io/reader_options.h"

namespace stanflow {

// A new format is one file and one line in all_readers.cc or all_writers.cc.

// How a format's reader takes a file.
enum class ReadAs {
  kLines,  // a line is a row, or none: whatever the bytes are, they can be read
  kBytes,  // what is not of the format is DATA_LOSS
  kFile,   // by another program, which needs a path
};

struct ReaderFormat {
  std::string_view name;
  std::string_view description;
  // Whether a file that starts like this is of the format; else INVALID_ARGUMENT with what is wrong with it.
  absl::Status (*probe)(std::string_view start);
  absl::StatusOr<std::unique_ptr<FlowReader>> (*open)(ReaderInput input);
  ReadAs read_as = ReadAs::kLines;
};
absl::Span<const ReaderFormat> AllReaders();

// OK if files can be read with these: `format` is a reader's name or "auto", `biflow` "split" or "keep",
// `schema` that of a CSV file or empty. Else INVALID_ARGUMENT "format: ...", "biflow: ..." or "schema: ...".
absl::Status CheckReading(std::string_view format, std::string_view biflow, std::string_view schema);

// `format` is a reader's name, or "auto": generic-csv if the options have a schema, else the first one whose
// probe fits. INVALID_ARGUMENT with what every reader found wrong if none does, or as CheckReading.
absl::StatusOr<std::unique_ptr<FlowReader>> OpenFlowReader(const std::string& path, std::string_view format,
                                                           const ReaderOptions& options = {});

struct WriterFormat {
  std::string_view name;  // "csv", "jsonl", "nfdump-csv", "zeek"
  std::string_view description;
  std::unique_ptr<FlowWriter> (*open)();
};
absl::Span<const WriterFormat> AllWriters();
std::vector<std::string> WriterNames();

// INVALID_ARGUMENT with the list of formats for an unknown one.
absl::StatusOr<std::unique_ptr<FlowWriter>> NewFlowWriter(std::string_view format);

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_ALL_FORMATS_H_
