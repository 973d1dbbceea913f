#include "core/flow/attribute.h"

namespace stanflow {

std::optional<Attribute> AttributeFromName(std::string_view name) {
  for (int i = 0; i < kNumAttributes; ++i) {
    if (kAttributeNames[i] == name) return static_cast<Attribute>(i);
  }
  return std::nullopt;
}

}  // namespace stanflow
