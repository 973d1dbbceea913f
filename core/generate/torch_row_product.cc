#include "core/generate/torch_row_product.h"

namespace stanflow {
namespace {

// Numbers of a row side by side, rows anywhere.
at::Tensor RowsOf(const at::Tensor& x) { return x.stride(-1) == 1 ? x : x.contiguous(); }

}  // namespace

RowProduct::Kernel RowProduct::KernelOf(const at::Device& device) {
  return device.is_cpu() ? Kernel::kOwn : Kernel::kLibTorch;
}

RowProduct::RowProduct(const at::Tensor& weight, const at::Tensor& bias, const at::Device& device,
                       Kernel kernel)
    : bias_(bias.unsqueeze(-2).contiguous().to(device)) {
  if (kernel == Kernel::kLibTorch) {
    weight_ = weight.contiguous().to(device);
    return;
  }
  const at::Tensor all = weight.dim() == 3 ? weight : weight.unsqueeze(0);
  for (int64_t net = 0; net < all.size(0); ++net) {
    const at::Tensor one = all[net].contiguous();
    matrices_.emplace_back(one.data_ptr<float>(), one.size(0), one.size(1));
  }
}

at::Tensor RowProduct::operator()(const at::Tensor& x) const {
  if (matrices_.empty()) return x.dim() == 3 ? at::baddbmm(bias_, x, weight_) : at::addmm(bias_, x, weight_);
  std::vector<int64_t> shape = x.sizes().vec();
  shape.back() = bias_.size(-1);
  at::Tensor y = bias_.expand(shape).clone(at::MemoryFormat::Contiguous);
  AddOnCpu(&y, x);
  return y;
}

void RowProduct::AddTo(at::Tensor* y, const at::Tensor& x) const {
  if (!matrices_.empty()) return AddOnCpu(y, x);
  if (x.dim() == 3) {
    y->baddbmm_(x, weight_);
  } else {
    y->addmm_(x, weight_);
  }
}

void RowProduct::AddOnCpu(at::Tensor* y, const at::Tensor& x) const {
  const at::Tensor rows = RowsOf(x);
  for (size_t net = 0; net < matrices_.size(); ++net) {
    const at::Tensor in = x.dim() == 3 ? rows[net] : rows, out = x.dim() == 3 ? (*y)[net] : *y;
    MultiplyRows(matrices_[net], in.data_ptr<float>(), in.stride(0), in.size(0), out.data_ptr<float>(),
                 out.stride(0));
  }
}

}  // namespace stanflow
