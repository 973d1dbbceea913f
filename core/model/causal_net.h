#ifndef STANFLOW_CORE_MODEL_CAUSAL_NET_H_
#define STANFLOW_CORE_MODEL_CAUSAL_NET_H_

#include <array>
#include <vector>

#include "core/model/attribute_net.h"
#include "core/model/causal_layout.h"

namespace stanflow {

// What a head may look at of its own row: the first `outputs` outputs, and the /16 once its two octets are
// drawn.
struct VisibleState {
  int outputs = 0;
  bool prefix = false;
};

// The default preset's net: causal, left-padded, dilated convolutions over time, so that a
// row's work is done once and cached; trained densely over whole sequences (docs/model.md).
//
//   x_t  = sum of embeddings of row t (TrunkColumns, /16) + W_n numbers_t + b_n     [width]
//   x_t <- x_t + relu(C_l [x_{t-2d}, x_{t-d}, x_t] + b_l)   for the dilations d    (rows before the
//                                                                               sequence count as 0)
//   h_t  = W_o x_{t-1} + b_o, and h_0 = start                                     [width]
//   s    = sum of embeddings of what row t has drawn so far + W_c clock_t         [state]
//   raw  = W_2 relu(W_1 [h_t, s] + b_1) + b_2            for every output the net covers
class CausalNet final : public AttributeNet {
 public:
  CausalNet(std::string name, const OutputSet& outputs, int first, int count, const StanOptions& options,
            uint64_t seed);

  std::vector<at::Tensor> Forward(const RowBatch& batch) override;
  bool IsEmbedding(const std::string& parameter) const override;

 private:
  at::Tensor Trunk(const RowBatch& batch) const;

  const EmbeddingLayout layout_;
  const std::vector<int64_t> trunk_columns_;
  std::vector<VisibleState> visible_;
  at::Tensor row_embedding_, numbers_weight_, numbers_bias_, start_, trunk_weight_, trunk_bias_;
  std::array<at::Tensor, kDilations.size()> conv_weight_, conv_bias_;  // weight [3 * width, width]
  at::Tensor state_embedding_, clock_weight_;
  struct HeadLayers {
    at::Tensor hidden_weight, hidden_bias, out_weight, out_bias;
  };
  std::vector<HeadLayers> heads_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_MODEL_CAUSAL_NET_H_
