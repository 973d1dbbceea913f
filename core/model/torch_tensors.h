#ifndef STANFLOW_CORE_MODEL_TORCH_TENSORS_H_
#define STANFLOW_CORE_MODEL_TORCH_TENSORS_H_

#include <ATen/core/Tensor.h>

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "core/bundle/safetensors.h"

namespace stanflow {

// LibTorch's tensors as a file holds them, and back; copies either way.
// INVALID_ARGUMENT for a type that a file does not hold.
absl::StatusOr<StoredTensor> StoreTensor(const at::Tensor& tensor);
// On the CPU.
at::Tensor LoadTensor(const StoredTensor& stored);

// INVALID_ARGUMENT names the tensor.
absl::StatusOr<TensorFile> StoreTensors(const std::map<std::string, at::Tensor>& tensors);

}  // namespace stanflow

#endif  // STANFLOW_CORE_MODEL_TORCH_TENSORS_H_
