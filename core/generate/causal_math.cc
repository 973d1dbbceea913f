#include "core/generate/causal_math.h"

#include "core/model/causal_layout.h"

namespace stanflow {

int64_t CausalShape::context_floats() const {
  int64_t slots = 1;
  for (const int dilation : kDilations) slots += 2 * dilation;
  return slots * channels();
}

float* CausalShape::Ring(NetContext* context, int layer, uint64_t back) const {
  int64_t slot = 1;
  for (int l = 0; l < layer; ++l) slot += 2 * kDilations[l];
  const uint64_t length = 2 * kDilations[layer];
  // Row t lies at t modulo the length: 2d rows ago is where the row to come goes.
  slot += static_cast<int64_t>((context->rows() + length - back) % length);
  return context->memory() + slot * channels();
}

float* CausalShape::OldestInput(NetContext* context, int layer) const {
  return Ring(context, layer, 2 * kDilations[layer]);
}

const float* CausalShape::MiddleInput(NetContext* context, int layer) const {
  return Ring(context, layer, kDilations[layer]);
}

}  // namespace stanflow
