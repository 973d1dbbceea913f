#ifndef STANFLOW_CORE_GENERATE_KEYED_CONTEXT_H_
#define STANFLOW_CORE_GENERATE_KEYED_CONTEXT_H_

#include <cstdint>

#include "core/base/philox.h"
#include "core/generate/generator.h"
#include "core/generate/state_bytes.h"

namespace stanflow {

// What every context has: its key, its clock, and the number of its next row. Like every Context owned by its
// stream and one thread's at a time.
class KeyedContext : public Context {
 public:
  explicit KeyedContext(const ContextKey& key) : key_(key), clock_ms_(key.start_ms) {}

  uint64_t rows() const final { return rows_; }
  int64_t clock_ms() const final { return clock_ms_; }
  const ContextKey& key() const { return key_; }

  // Names draw `slot` of the row that comes next.
  DrawKey Draw(uint16_t slot) const { return {key_.seed, key_.stream, key_.context, rows_, slot}; }
  // A row was made that ends at `clock_ms`.
  void Advance(int64_t clock_ms) {
    clock_ms_ = clock_ms;
    ++rows_;
  }

  // Time passes without a row.
  void MoveClock(int64_t clock_ms) { clock_ms_ = clock_ms; }

  // The part of a saved state that is common to all; what a model keeps besides follows it.
  void PutCommon(StateWriter* writer) const {
    writer->Put(key_.seed);
    writer->Put(key_.stream);
    writer->Put(key_.context);
    writer->Put(key_.start_ms);
    writer->Put(rows_);
    writer->Put(clock_ms_);
  }
  void GetCommon(StateReader* reader) {
    key_.seed = reader->Get<uint64_t>();
    key_.stream = reader->Get<uint32_t>();
    key_.context = reader->Get<uint32_t>();
    key_.start_ms = reader->Get<int64_t>();
    rows_ = reader->Get<uint64_t>();
    clock_ms_ = reader->Get<int64_t>();
  }

 private:
  ContextKey key_;
  uint64_t rows_ = 0;
  int64_t clock_ms_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_KEYED_CONTEXT_H_
