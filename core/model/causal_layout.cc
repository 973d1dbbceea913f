#include "core/model/causal_layout.h"

#include "core/model/row_encoder.h"

namespace stanflow {

EmbeddingLayout::EmbeddingLayout(const OutputSet& set) {
  for (const Output& output : set.outputs) {
    offsets.push_back(size);
    size += output.classes == nullptr ? 0 : output.classes->num_classes();
  }
  prefix_offset = size;
  size += kPrefixBuckets;
}

std::vector<int64_t> TrunkColumns(const OutputSet& set) {
  std::vector<int64_t> columns;
  for (size_t o = 0; o < set.outputs.size(); ++o) {
    if (set.outputs[o].octet <= 0) columns.push_back(static_cast<int64_t>(o));
  }
  return columns;
}

}  // namespace stanflow
