#ifndef STANFLOW_CORE_GENERATE_CAUSAL_GENERATOR_H_
#define STANFLOW_CORE_GENERATE_CAUSAL_GENERATOR_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "core/eval/scorer.h"
#include "core/generate/generator.h"
#include "core/model/bundle.h"

namespace stanflow {

// What computes a step.
enum class CausalEngine {
  kOwn,       // causal_cpu_math.h; CPU only
  kLibTorch,  // causal_torch_math.h; on the CPU only to compare with
};
CausalEngine CausalEngineOf(const std::string& device);

// Flows from the default preset, row by row: the trunks of all nets are stepped over cached inputs, the heads
// one after another in drawing order.
//
// A context holds, for every layer with dilation d, a ring of the layer's last 2d inputs of all nets, and the
// trunks' outputs for the next row (CausalShape): fixed size, copied by copying. A row's numbers depend on
// nothing but its own context, on one build and device. A tile is computed by one thread.
absl::StatusOr<std::unique_ptr<Generator>> MakeCausalGenerator(Bundle bundle, const std::string& device,
                                                               CausalEngine engine);

// Exact likelihoods by the generator's own row-by-row path: what the dense one (torch_scorer.h)
// is checked against. Slow; the paper's binned measures stay 0.
absl::StatusOr<std::unique_ptr<Scorer>> MakeCausalSteppingScorer(Bundle bundle, const std::string& device,
                                                                 CausalEngine engine);

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_CAUSAL_GENERATOR_H_
