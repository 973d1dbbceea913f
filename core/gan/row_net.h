#ifndef STANFLOW_CORE_GAN_ROW_NET_H_
#define STANFLOW_CORE_GAN_ROW_NET_H_

#include <ATen/core/Tensor.h>

#include <vector>

#include "core/gan/gan_nets.h"
#include "core/generate/torch_row_product.h"

namespace stanflow {

// A trained generator net for generation: normalisation folded into its layers, products by RowProduct, so
// that on the CPU a row's outputs depend on that row alone, to the bit. Immutable: any number of threads may
// call.
class RowNet {
 public:
  // `net` is copied; it is in eval mode.
  RowNet(const GeneratorNet& net, const at::Device& device);

  // [rows, inputs] -> [rows, outputs], both on the CPU. On other devices a row's outputs hold for one number
  // of rows.
  at::Tensor operator()(const at::Tensor& inputs) const;
  int64_t inputs() const { return inputs_; }

 private:
  const at::Device device_;
  const int64_t inputs_;
  const bool residual_;
  std::vector<RowProduct> layers_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GAN_ROW_NET_H_
