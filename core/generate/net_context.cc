#include "core/generate/net_context.h"

#include <cstring>
#include <memory>

namespace stanflow {

void NetContext::Save(std::string* out) const {
  StateWriter writer(out);
  PutCommon(&writer);
  writer.PutString({reinterpret_cast<const char*>(memory_.data()), memory_.size() * sizeof(float)});
}

absl::StatusOr<std::unique_ptr<Context>> NetContext::Restore(std::string_view state, size_t floats) {
  StateReader reader(state);
  auto context = std::make_unique<NetContext>(ContextKey(), floats);
  context->GetCommon(&reader);
  const std::string_view memory = reader.GetString();
  if (!reader.at_end() || memory.size() != floats * sizeof(float)) {
    return absl::DataLossError("a context's state does not fit the model: it is damaged or of another model");
  }
  std::memcpy(context->memory_.data(), memory.data(), memory.size());
  return context;
}

}  // namespace stanflow
