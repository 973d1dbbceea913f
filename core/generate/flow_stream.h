#ifndef STANFLOW_CORE_GENERATE_FLOW_STREAM_H_
#define STANFLOW_CORE_GENERATE_FLOW_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/flow/flow.h"
#include "core/flow/host_row.h"

namespace stanflow {

class Context;

// The flows of many hosts in the order a collector would see them: by (end time, context, row). It says which
// of its contexts are due; somebody else steps them and hands back the rows. A stream that knows its flows by
// itself has no contexts: nothing is ever due, and Pop gives until it is done. Not thread-safe: one thread at
// a time.
//
// A stream that is not done, with nothing taken and with every flow that may leave popped, has a due context.
class FlowStream {
 public:
  virtual ~FlowStream() = default;

  // Contexts that TakeDue would give without a limit.
  virtual size_t due() const = 0;
  // Appends to `due` up to `limit` contexts that may be stepped now, those furthest behind first;
  // none once the stream is done. A context is not due again before Deliver was called for it.
  virtual void TakeDue(size_t limit, std::vector<Context*>* due) = 0;
  // Takes the newest row of a context that TakeDue gave; in any order between contexts.
  virtual void Deliver(Context* context, const HostRow& row) = 0;
  // Moves flows that may leave, in order, to the end of `out`, `limit` at most; returns how many.
  virtual size_t Pop(size_t limit, FlowTable* out) = 0;

  // No flow will come any more: the extent is reached.
  virtual bool done() const = 0;
  // Flows that left so far, those before its first one included.
  virtual uint64_t emitted() const = 0;
  // Rows that wait inside.
  virtual uint64_t waiting() const = 0;

  // Whether the stream can be opened at any flow for nothing, so that there is no use in keeping its state.
  virtual bool seekable() const = 0;
  // Appends the whole state to `out`, to continue after a restart. Nothing may be taken and not delivered,
  // and the stream is not seekable.
  virtual void Save(std::string* out) const = 0;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_FLOW_STREAM_H_
