#ifndef STANFLOW_CORE_GENERATE_ORDERED_STREAM_H_
#define STANFLOW_CORE_GENERATE_ORDERED_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/flow/flow.h"
#include "core/generate/generator.h"
#include "core/generate/stream_spec.h"

namespace stanflow {

// The flows of many contexts in the order a collector would see them: by (end time, context,
// row). It owns its contexts and says which are due; somebody else steps them and hands back
// the rows. Not thread-safe: one thread at a time.
//
// Invariants:
//  - a context's next row ends at or after its clock, so the smallest (clock, context) over
//    all unfinished contexts bounds from below whatever is still to come; rows up to it may leave.
//  - which contexts are stepped when changes how much waits inside, never what comes out.
//  - a stream that is not done, with nothing taken and with every row that may leave popped,
//    has a due context.
//  - rows waiting or on their way: at most max(look_ahead_rows, hosts), but for rows that may
//    leave and were not popped yet.
//
// A context may be ahead by a reserve of its own, an equal share of half the look-ahead, so
// that hosts that are busy later never starve; the other half goes to whoever is furthest
// behind. With one shared half alone, quiet hosts that ran ahead would fill it with rows of
// the far future, and the busy ones would step one by one until the clock gets there.
//
// Every operation costs O(log hosts) a row and, once warm, allocates nothing.
class OrderedStream {
 public:
  // `generator` outlives the stream. `spec` is valid (ValidateStreamSpec). `look_ahead_rows`:
  // rows that may wait inside until contexts behind them have caught up, at least one a context; a
  // stream of few hosts or rows uses less.
  OrderedStream(const Generator* generator, const StreamSpec& spec, uint64_t look_ahead_rows);
  ~OrderedStream();

  // Contexts that TakeDue would give without a limit.
  size_t due() const;
  // Appends to `due` up to `limit` contexts that may be stepped now, those furthest behind first;
  // none once the stream is done. A context is not due again before Deliver was called for it.
  void TakeDue(size_t limit, std::vector<Context*>* due);
  // Takes the newest row of a context that TakeDue gave; in any order between contexts.
  void Deliver(Context* context, const HostRow& row);
  // Moves flows that may leave, in order, to the end of `out`, `limit` at most; returns how many.
  size_t Pop(size_t limit, FlowTable* out);

  // No flow will come any more: the extent is reached.
  bool done() const;
  // Flows that left so far.
  uint64_t emitted() const;
  // Rows that wait inside.
  uint64_t waiting() const;

  // Appends the whole state to `out`, to continue with Restore after a restart. Nothing may
  // be taken and not delivered.
  void Save(std::string* out) const;
  // The look-ahead may differ from the saved stream's. DATA_LOSS if `state` is damaged or
  // was saved by a stream of another spec.
  static absl::StatusOr<std::unique_ptr<OrderedStream>> Restore(const Generator* generator,
                                                                const StreamSpec& spec,
                                                                uint64_t look_ahead_rows,
                                                                std::string_view state);

 private:
  class Rep;
  explicit OrderedStream(std::unique_ptr<Rep> rep);
  std::unique_ptr<Rep> rep_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_ORDERED_STREAM_H_
