#ifndef STANFLOW_CORE_MODEL_ATTRIBUTE_NET_H_
#define STANFLOW_CORE_MODEL_ATTRIBUTE_NET_H_

#include <torch/nn/module.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/codec/output_set.h"
#include "core/model/head.h"
#include "core/model/options.h"
#include "core/model/row_encoder.h"

namespace stanflow {

// EncodedRows as tensors on one device, shared by the nets that read them.
struct RowBatch {
  int64_t rows = 0;
  at::Tensor cls;                // [n, outputs] int64
  at::Tensor prefix;             // [n, 1] int64
  at::Tensor numbers;            // [n, kRowNumbers]
  at::Tensor clock;              // [n, 2]
  at::Tensor position;           // [n] int64
  at::Tensor windows;            // paper preset: [n, 6, 16], see paper_net.h
  std::vector<Targets> targets;  // one an output
};

// `windows` is left undefined.
RowBatch MakeRowBatch(const EncodedRows& rows, const at::Device& device);

// One whole net (trunk and heads) for one attribute: the paper's unit of training. It covers
// `num_outputs` consecutive outputs of the set (the four octets of an address, else one).
// Not thread-safe while training; Forward in eval mode under no-grad is.
class AttributeNet : public torch::nn::Module {
 public:
  AttributeNet(std::string net_name, const OutputSet& outputs, int first, int count)
      : net_name_(std::move(net_name)), first_output_(first), num_outputs_(count) {}

  const std::string& net_name() const { return net_name_; }
  int first_output() const { return first_output_; }
  int num_outputs() const { return num_outputs_; }

  // The heads' raw parameters of every row of the batch, teacher forced: [n, head width] for
  // each output the net covers.
  virtual std::vector<at::Tensor> Forward(const RowBatch& batch) = 0;
  // Weight decay multiplier of a parameter, by its name in the module.
  virtual bool IsEmbedding(const std::string& parameter) const { return false; }

 private:
  const std::string net_name_;
  const int first_output_, num_outputs_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_MODEL_ATTRIBUTE_NET_H_
