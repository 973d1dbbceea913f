#ifndef STANFLOW_CORE_GENERATE_NET_CONTEXT_H_
#define STANFLOW_CORE_GENERATE_NET_CONTEXT_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/generate/keyed_context.h"

namespace stanflow {

// The context of the generators that step nets: besides what every one has a fixed number of floats, whose
// meaning is the generator's (convolution caches, a window). In host memory, so that it can be copied and
// saved without the device.
class NetContext final : public KeyedContext {
 public:
  NetContext(const ContextKey& key, size_t floats) : KeyedContext(key), memory_(floats) {}

  void Save(std::string* out) const override;
  std::unique_ptr<Context> Copy() const override { return std::make_unique<NetContext>(*this); }
  // DATA_LOSS unless `state` is Save's of a context with as many floats.
  static absl::StatusOr<std::unique_ptr<Context>> Restore(std::string_view state, size_t floats);

  float* memory() { return memory_.data(); }

 private:
  std::vector<float> memory_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_NET_CONTEXT_H_
