#include "core/generate/net_context.h"

#include <memory>

#include "core/generate/state_bytes.h"

namespace stanflow {

void NetContext::Save(std::string* out) const {
  StateWriter writer(out);
  writer.Put(key_.seed);
  writer.Put(key_.stream);
  writer.Put(key_.context);
  writer.Put(key_.start_ms);
  writer.Put(rows_);
  writer.Put(clock_ms_);
  writer.PutString({reinterpret_cast<const char*>(memory_.data()), memory_.size() * sizeof(float)});
}

absl::StatusOr<std::unique_ptr<Context>> NetContext::Restore(std::string_view state, size_t floats) {
  StateReader reader(state);
  ContextKey key;
  key.seed = reader.Get<uint64_t>();
  key.stream = reader.Get<uint32_t>();
  key.context = reader.Get<uint32_t>();
  key.start_ms = reader.Get<int64_t>();
  auto context = std::make_unique<NetContext>(key, floats);
  context->rows_ = reader.Get<uint64_t>();
  context->clock_ms_ = reader.Get<int64_t>();
  const std::string_view memory = reader.GetString();
  if (!reader.at_end() || memory.size() != floats * sizeof(float)) {
    return absl::DataLossError("a context's state does not fit the model: it is damaged or of another model");
  }
  std::memcpy(context->memory_.data(), memory.data(), memory.size());
  return context;
}

}  // namespace stanflow
