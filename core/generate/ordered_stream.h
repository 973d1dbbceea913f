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
#include "core/generate/flow_stream.h"
#include "core/generate/generator.h"
#include "core/generate/stream_spec.h"

namespace stanflow {

// The flows of contexts that are stepped one by one, which it owns.
//
// Invariants:
//  - a context's next row ends at or after its clock, so the smallest (clock, context) over
//    all unfinished contexts bounds from below whatever is still to come; rows up to it may leave.
//  - which contexts are stepped when changes how much waits inside, never what comes out.
//  - rows waiting or on their way: at most max(look_ahead_rows, hosts), but for rows that may
//    leave and were not popped yet.
//
// A context may be ahead by a reserve of its own, an equal share of half the look-ahead, so
// that hosts that are busy later never starve; the other half goes to whoever is furthest
// behind. With one shared half alone, quiet hosts that ran ahead would fill it with rows of
// the far future, and the busy ones would step one by one until the clock gets there.
//
// Every operation costs O(log hosts) a row and, once warm, allocates nothing.
class OrderedStream final : public FlowStream {
 public:
  // `generator` outlives the stream. `spec` is valid (ValidateStreamSpec). `look_ahead_rows`:
  // rows that may wait inside until contexts behind them have caught up, at least one a context; a
  // stream of few hosts or rows uses less.
  OrderedStream(const Generator* generator, const StreamSpec& spec, uint64_t look_ahead_rows);
  ~OrderedStream() override;

  size_t due() const override;
  void TakeDue(size_t limit, std::vector<Context*>* due) override;
  void Deliver(Context* context, const HostRow& row) override;
  size_t Pop(size_t limit, FlowTable* out) override;
  bool done() const override;
  uint64_t emitted() const override;
  uint64_t waiting() const override;
  bool seekable() const override { return false; }
  void Save(std::string* out) const override;

  // Continues what Save wrote.
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
