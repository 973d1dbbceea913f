#ifndef STANFLOW_CORE_GENERATE_TORCH_ROW_PRODUCT_H_
#define STANFLOW_CORE_GENERATE_TORCH_ROW_PRODUCT_H_

#include <ATen/core/Tensor.h>

#include "core/generate/row_kernels.h"

namespace stanflow {

// x W + b on tensors, as generators need it: on the CPU a row's result depends on that row alone
// (MultiplyRows). On other devices it is LibTorch's product, whose results for a row hold for one number of
// rows. Immutable: any number of threads may call.
class RowProduct {
 public:
  RowProduct() = default;
  // `weight` [k, n], `bias` [n].
  RowProduct(const at::Tensor& weight, const at::Tensor& bias, const at::Device& device);

  // [rows, k] -> [rows, n]. `x` lies on the device.
  at::Tensor operator()(const at::Tensor& x) const;

 private:
  at::Tensor weight_, bias_;  // not on the CPU
  PackedMatrix matrix_;       // on the CPU
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_TORCH_ROW_PRODUCT_H_
