#include "core/model/torch_tensors.h"

#include <ATen/ATen.h>

#include <cstring>
#include <utility>

namespace stanflow {
namespace {

constexpr std::pair<TensorType, at::ScalarType> kTypes[] = {{TensorType::kF32, at::kFloat},
                                                            {TensorType::kF64, at::kDouble},
                                                            {TensorType::kI64, at::kLong},
                                                            {TensorType::kU8, at::kByte}};

at::ScalarType ScalarTypeOf(TensorType type) {
  for (const auto& [stored, scalar] : kTypes) {
    if (stored == type) return scalar;
  }
  return at::ScalarType::Undefined;
}

}  // namespace

absl::StatusOr<StoredTensor> StoreTensor(const at::Tensor& tensor) {
  const at::Tensor on_cpu = tensor.detach().cpu().contiguous();
  for (const auto& [stored, scalar] : kTypes) {
    if (scalar != on_cpu.scalar_type()) continue;
    StoredTensor out{stored, on_cpu.sizes().vec(), {}};
    out.data.assign(static_cast<const char*>(on_cpu.data_ptr()), on_cpu.nbytes());
    return out;
  }
  return absl::InvalidArgumentError(
      StrCat("tensors of type ", at::toString(on_cpu.scalar_type()), " are not stored"));
}

at::Tensor LoadTensor(const StoredTensor& stored) {
  at::Tensor tensor = at::empty(stored.shape, at::TensorOptions().dtype(ScalarTypeOf(stored.type)));
  if (!stored.data.empty()) std::memcpy(tensor.data_ptr(), stored.data.data(), stored.data.size());
  return tensor;
}

absl::StatusOr<TensorFile> StoreTensors(const std::map<std::string, at::Tensor>& tensors) {
  TensorFile file;
  for (const auto& [name, tensor] : tensors) {
    auto stored = StoreTensor(tensor);
    if (!stored.ok())
      return absl::Status(stored.status().code(), StrCat("tensor ", name, ": ", stored.status().message()));
    file.tensors[name] = *std::move(stored);
  }
  return file;
}

}  // namespace stanflow
