#ifndef STANFLOW_CORE_IO_FLOW_WRITER_H_
#define STANFLOW_CORE_IO_FLOW_WRITER_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "core/flow/flow.h"

namespace stanflow {

// Turns flows into text of one format. Where the text goes is the caller's business.
// Not safe for concurrent use.
class FlowWriter {
 public:
  virtual ~FlowWriter() = default;
  // What stands before the first flow; may be nothing.
  virtual void AppendHeader(std::string* out) const = 0;
  // Appends rows [begin, end) of `flows` to `out`.
  virtual void AppendRows(const FlowTable& flows, size_t begin, size_t end, std::string* out) = 0;
  void AppendRows(const FlowTable& flows, std::string* out) { AppendRows(flows, 0, flows.size(), out); }
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_FLOW_WRITER_H_
