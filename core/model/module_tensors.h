#ifndef STANFLOW_CORE_MODEL_MODULE_TENSORS_H_
#define STANFLOW_CORE_MODEL_MODULE_TENSORS_H_

#include <torch/nn/module.h>
#include <torch/optim/optimizer.h>

#include <string>

#include "absl/status/status.h"
#include "core/bundle/safetensors.h"

namespace stanflow {

// Between a file's tensors and a module or an optimiser. Stateless; a module belongs to one thread at a time.

// Adds copies of the module's parameters and buffers under their names with `prefix` in front.
// INVALID_ARGUMENT names a tensor of a type that a file does not hold, or one that the file has already.
absl::Status StoreModule(const torch::nn::Module& module, const std::string& prefix, TensorFile* file);

// Fills a module of the same shape, on whatever device, with what StoreModule stored, and takes it out of the
// file. DATA_LOSS names a tensor that is missing or of another shape or type; some may be filled by then.
absl::Status LoadModule(const std::string& prefix, TensorFile* file, torch::nn::Module* module);

// The optimiser's whole state as LibTorch writes it, as bytes.
StoredTensor StoreOptimizer(const torch::optim::Optimizer& optimizer);
// Throws, as LibTorch does, where the bytes are no state of such an optimiser.
void LoadOptimizer(const StoredTensor& bytes, torch::optim::Optimizer* optimizer);

}  // namespace stanflow

#endif  // STANFLOW_CORE_MODEL_MODULE_TENSORS_H_
