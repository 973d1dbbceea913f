#ifndef STANFLOW_CORE_GENERATE_CAUSAL_TORCH_MATH_H_
#define STANFLOW_CORE_GENERATE_CAUSAL_TORCH_MATH_H_

#include <ATen/core/Tensor.h>

#include <memory>

#include "core/generate/causal_math.h"
#include "core/generate/causal_weights.h"

namespace stanflow {

// On any device, by LibTorch's products, all nets at once. Their results for a row may depend on how many
// rows there are: every tile is filled up to kTileRows.
std::unique_ptr<CausalMath> MakeCausalTorchMath(const CausalWeights& weights, const at::Device& device);

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_CAUSAL_TORCH_MATH_H_
