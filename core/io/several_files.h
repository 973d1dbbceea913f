#ifndef STANFLOW_CORE_IO_SEVERAL_FILES_H_
#define STANFLOW_CORE_IO_SEVERAL_FILES_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/flow/flow_reader.h"
#include "core/io/reader_options.h"

namespace stanflow {

struct NamedFile {
  std::string name;  // what batches and errors call it
  std::string path;
};

// Reads `files` (at least one) one after the other, as OpenFlowReader opens each: with "auto" each is found
// out by itself. Only one is open at a time, the first from here on. The formats that were met, in order,
// are the reader's: "zeek-tsv, nfcapd". Errors begin with the file's name; the options' limits are those of
// each file.
absl::StatusOr<std::unique_ptr<FlowReader>> OpenSeveralFiles(std::vector<NamedFile> files,
                                                             std::string_view format,
                                                             const ReaderOptions& options);

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_SEVERAL_FILES_H_
