#ifndef STANFLOW_CORE_IO_ALL_FORMATS_H_
#define STANFLOW_CORE_IO_ALL_FORMATS_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/flow/flow_reader.h"
#include "core/io/byte_source.h"
#include "core/io/flow_writer.h"

namespace stanflow {

// A new format is one file and one line in all_readers.cc or all_writers.cc.
struct ReaderFormat {
  std::string_view name;
  std::string_view description;
  // Whether a file that starts like this is of the format; else INVALID_ARGUMENT with what is wrong with it.
  absl::Status (*probe)(std::string_view start);
  std::unique_ptr<FlowReader> (*open)(std::unique_ptr<ByteSource> source);
};
absl::Span<const ReaderFormat> AllReaders();

// OK if OpenFlowReader knows `format` ("auto" too); else INVALID_ARGUMENT with the list of them.
absl::Status CheckReaderFormat(std::string_view format);

// `format` is a reader's name, or "auto": the first one whose probe fits. INVALID_ARGUMENT with
// what every reader found wrong if none does.
absl::StatusOr<std::unique_ptr<FlowReader>> OpenFlowReader(const std::string& path, std::string_view format,
                                                           const ByteSourceOptions& options = {});

struct WriterFormat {
  std::string_view name;  // "csv", "jsonl"
  std::string_view description;
  std::unique_ptr<FlowWriter> (*open)();
};
absl::Span<const WriterFormat> AllWriters();

// INVALID_ARGUMENT with the list of formats for an unknown one.
absl::StatusOr<std::unique_ptr<FlowWriter>> NewFlowWriter(std::string_view format);

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_ALL_FORMATS_H_
