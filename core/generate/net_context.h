#ifndef STANFLOW_CORE_GENERATE_NET_CONTEXT_H_
#define STANFLOW_CORE_GENERATE_NET_CONTEXT_H_

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/base/philox.h"
#include "core/generate/generator.h"

namespace stanflow {

// The context of the generators that step nets: a key, a clock, and a fixed number of floats whose
// meaning is the generator's (convolution caches, a window). In host memory, so that it can
// be copied and saved without the device.
class NetContext final : public Context {
 public:
  NetContext(const ContextKey& key, size_t floats) : key_(key), clock_ms_(key.start_ms), memory_(floats) {}

  uint64_t rows() const override { return rows_; }
  int64_t clock_ms() const override { return clock_ms_; }
  void Save(std::string* out) const override;
  // DATA_LOSS unless `state` is Save's of a context with as many floats.
  static absl::StatusOr<std::unique_ptr<Context>> Restore(std::string_view state, size_t floats);

  float* memory() { return memory_.data(); }
  void Advance(int64_t clock_ms) {
    clock_ms_ = clock_ms;
    ++rows_;
  }
  // Names draw `slot` of the row that comes next.
  DrawKey Draw(uint16_t slot) const { return {key_.seed, key_.stream, key_.context, rows_, slot}; }

 private:
  ContextKey key_;
  uint64_t rows_ = 0;
  int64_t clock_ms_ = 0;
  std::vector<float> memory_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_NET_CONTEXT_H_
