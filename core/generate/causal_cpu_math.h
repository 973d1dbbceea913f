#ifndef STANFLOW_CORE_GENERATE_CAUSAL_CPU_MATH_H_
#define STANFLOW_CORE_GENERATE_CAUSAL_CPU_MATH_H_

#include <memory>

#include "core/generate/causal_math.h"
#include "core/generate/causal_weights.h"

namespace stanflow {

// On the CPU, by row_kernels.h: a context's numbers depend on that context alone, to the bit, and nobody pays
// for rows that nobody wants.
std::unique_ptr<CausalMath> MakeCausalCpuMath(const CausalWeights& weights);

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_CAUSAL_CPU_MATH_H_
