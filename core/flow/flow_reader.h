#ifndef STANFLOW_CORE_FLOW_FLOW_READER_H_
#define STANFLOW_CORE_FLOW_FLOW_READER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/flow/flow.h"

namespace stanflow {

// A row of a source that can't be used.
struct RejectedRow {
  uint64_t line = 0;      // of the uncompressed file, 1 is the first; of a file that is no text, its record
  std::string reason;     // "column pkt: 'x' is not a number"
  std::string file = {};  // its name; empty: there is only one
};

// A piece of a source, in its order, and of one file of it. Every data row of the source is either a flow or
// rejected, so that what is skipped is counted.
struct FlowBatch {
  FlowTable flows;
  std::vector<uint64_t> lines;        // of each flow; 1 is the first line of the uncompressed file
  std::vector<RejectedRow> rejected;  // ascending lines; their files are empty
  std::string file;                   // name of the file that all of it is of; empty: there is only one

  void Clear();  // Keeps the memory.
};

// A source of flows that is read once, front to back, in bounded memory. Not safe for concurrent use.
class FlowReader {
 public:
  virtual ~FlowReader() = default;
  // Replaces `batch` by the next piece. False, and an empty batch, at the end of the source.
  // After an error nothing more may be read. A bad row is not an error; DATA_LOSS is a
  // source that breaks off or is damaged, INVALID_ARGUMENT one beyond its limits.
  virtual absl::StatusOr<bool> Next(FlowBatch* batch) = 0;
  // Share of the source that has been read, 0 to 1.
  virtual double fraction() const = 0;
  // Name of the format, as it is chosen by: "ugr16-csv".
  virtual std::string_view format() const = 0;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_FLOW_FLOW_READER_H_
