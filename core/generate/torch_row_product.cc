#include "core/generate/torch_row_product.h"

#include <ATen/ATen.h>

#include <vector>

namespace stanflow {

RowProduct::RowProduct(const at::Tensor& weight, const at::Tensor& bias, const at::Device& device) {
  if (device.is_cpu()) {
    const at::Tensor w = weight.contiguous(), b = bias.contiguous();
    matrix_ = PackedMatrix(w.data_ptr<float>(), b.data_ptr<float>(), w.size(0), w.size(1));
  } else {
    weight_ = weight.to(device);
    bias_ = bias.to(device);
  }
}

at::Tensor RowProduct::operator()(const at::Tensor& x) const {
  if (weight_.defined()) return at::addmm(bias_, x, weight_);
  const at::Tensor rows = x.contiguous();
  std::vector<const float*> in;
  for (int64_t r = 0; r < rows.size(0); ++r) in.push_back(rows.data_ptr<float>() + r * rows.size(1));
  const int64_t padded = PaddedColumns(matrix_.n());
  const at::Tensor y = at::empty({rows.size(0), padded});
  MultiplyRows(matrix_, Onto::kBias, in.data(), rows.size(0), y.data_ptr<float>(), padded);
  return y.narrow(1, 0, matrix_.n());
}

}  // namespace stanflow
