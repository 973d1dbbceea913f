#ifndef STANFLOW_CORE_MODEL_CAUSAL_LAYOUT_H_
#define STANFLOW_CORE_MODEL_CAUSAL_LAYOUT_H_

#include <array>
#include <cstdint>
#include <vector>

#include "core/codec/output_set.h"

namespace stanflow {

// Dilations of the default preset's layers; kernel 3, so a row's draw sees the 81 rows before it.
inline constexpr std::array<int, 4> kDilations = {1, 3, 9, 27};
inline constexpr int kTaps = 3;

// Where each input finds its rows in a net's embedding table: every output's classes, then
// the buckets of the remote /16.
struct EmbeddingLayout {
  std::vector<int64_t> offsets;  // one an output
  int64_t prefix_offset = 0;
  int64_t size = 0;
  explicit EmbeddingLayout(const OutputSet& outputs);
};

// Columns of EncodedRows::cls that the trunk reads of every earlier row: all but the last three
// octets. Whole addresses in the history lower the loss, but a stream left to itself then locks
// onto one address (docs/model.md); copying is for heads that can also let go.
std::vector<int64_t> TrunkColumns(const OutputSet& outputs);

}  // namespace stanflow

#endif  // STANFLOW_CORE_MODEL_CAUSAL_LAYOUT_H_
