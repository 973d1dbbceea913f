#ifndef STANFLOW_CORE_EXPORT_FLOW_MESSAGE_H_
#define STANFLOW_CORE_EXPORT_FLOW_MESSAGE_H_

#include <cstddef>
#include <memory>
#include <string>

#include "core/export/sink_url.h"
#include "core/flow/flow.h"

namespace stanflow {

// Turns one flow into the payload of one message. Not safe for concurrent use.
class FlowMessageWriter {
 public:
  virtual ~FlowMessageWriter() = default;
  // Replaces `out` by row `row` of `flows`.
  virtual void Write(const FlowTable& flows, size_t row, std::string* out) = 0;
};

// kJson: a line of core/io/json_lines.h without its newline. kProtobuf: a stanflow.v1.Flow.
std::unique_ptr<FlowMessageWriter> NewFlowMessageWriter(KafkaFormat format);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_FLOW_MESSAGE_H_
