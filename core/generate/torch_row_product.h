#ifndef STANFLOW_CORE_GENERATE_TORCH_ROW_PRODUCT_H_
#define STANFLOW_CORE_GENERATE_TORCH_ROW_PRODUCT_H_

#include <ATen/ATen.h>

#include <vector>

#include "core/generate/row_product_kernel.h"

namespace stanflow {

// x W + b for one matrix or for one a net, as generators need it: on the CPU a row's result depends on that
// row alone (MultiplyRows). On other devices it is LibTorch's product, whose results for a row hold for one
// number of rows. Immutable: any number of threads may call.
class RowProduct {
 public:
  enum class Kernel { kOwn, kLibTorch };
  // kOwn on the CPU.
  static Kernel KernelOf(const at::Device& device);

  RowProduct() = default;
  // `weight` [k, n] or [nets, k, n], `bias` [n] or [nets, n]. kOwn needs the CPU.
  RowProduct(const at::Tensor& weight, const at::Tensor& bias, const at::Device& device, Kernel kernel);

  // [rows, k] -> [rows, n], or [nets, rows, k] -> [nets, rows, n]. `x` lies on the device.
  at::Tensor operator()(const at::Tensor& x) const;
  // Adds x W to `y`, of the shape that operator() answers. The bias is left out.
  void AddTo(at::Tensor* y, const at::Tensor& x) const;

 private:
  void AddOnCpu(at::Tensor* y, const at::Tensor& x) const;

  at::Tensor weight_, bias_;  // bias [1, n] or [nets, 1, n]; the weight only where there is no matrix
  std::vector<PackedMatrix> matrices_;  // one a net, on the CPU
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_TORCH_ROW_PRODUCT_H_
