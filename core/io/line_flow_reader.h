#ifndef STANFLOW_CORE_IO_LINE_FLOW_READER_H_
#define STANFLOW_CORE_IO_LINE_FLOW_READER_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/flow/flow_reader.h"
#include "core/io/byte_source.h"
#include "core/io/line_reader.h"

namespace stanflow {

// A reader of text in which a line is a record, or none. Blank lines hold no record; a line that is too
// long is a rejected one. Not safe for concurrent use.
class LineFlowReader : public FlowReader {
 public:
  // `format` outlives the reader.
  LineFlowReader(std::string_view format, std::unique_ptr<ByteSource> source)
      : format_(format), lines_(std::move(source)) {}

  absl::StatusOr<bool> Next(FlowBatch* batch) final;
  double fraction() const override { return lines_.fraction(); }
  std::string_view format() const final { return format_; }

 protected:
  // Appends what the line holds: flows, a rejected row, or nothing.
  virtual void Take(const LineReader::Line& line, FlowBatch* batch) = 0;
  // After the last line, once or more: an error if the source was not whole after all. May append to `batch`
  // the first time.
  virtual absl::Status AtEnd(FlowBatch* batch) { return absl::OkStatus(); }

 private:
  const std::string_view format_;
  LineReader lines_;
};

// OK if `fits` says so of one of the first hundred lines of `start`, the beginning of a file, leaving out
// blank ones (the last one may be cut off); else INVALID_ARGUMENT with the first reason that it gave. It need
// not give one for a line that tells nothing.
absl::Status ProbeLines(std::string_view start,
                        absl::FunctionRef<bool(std::string_view line, std::string* reason)> fits);

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_LINE_FLOW_READER_H_
