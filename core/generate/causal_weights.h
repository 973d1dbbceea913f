#ifndef STANFLOW_CORE_GENERATE_CAUSAL_WEIGHTS_H_
#define STANFLOW_CORE_GENERATE_CAUSAL_WEIGHTS_H_

#include <ATen/core/Tensor.h>

#include <array>
#include <vector>

#include "core/generate/causal_math.h"
#include "core/model/causal_layout.h"
#include "core/model/stan_model.h"

namespace stanflow {

// The weights of all nets of a causal model, stacked so that one operation can serve them all; in host
// memory, contiguous, [inputs, outputs]. N nets, W channels, S state, H hidden units, C classes.
struct CausalWeights {
  struct Linear {
    at::Tensor weight, bias;
  };
  struct Head {
    int64_t net = 0;
    Linear hidden;  // [W + S, H], of the trunk's output and the state
    Linear out;     // [H, C]
  };

  CausalShape shape;
  at::Tensor row_embedding, state_embedding;   // [vocabulary, N * W], [vocabulary, N * S]
  at::Tensor start;                            // [N, W]
  Linear numbers;                              // [kRowNumbers, N * W]
  at::Tensor clock;                            // [2, N * S]
  std::array<Linear, kDilations.size()> conv;  // [N, 3W, W]: oldest, middle, own input
  Linear trunk;                                // [N, W, W]
  std::vector<Head> heads;                     // one an output

  explicit CausalWeights(const StanModel& model);
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_CAUSAL_WEIGHTS_H_
