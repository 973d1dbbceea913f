#include "core/model/module_tensors.h"

#include <ATen/ATen.h>
#include <torch/serialize/input-archive.h>
#include <torch/serialize/output-archive.h>

#include <map>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/model/torch_tensors.h"

namespace stanflow {
namespace {

// They share the module's memory.
std::map<std::string, at::Tensor> TensorsOf(const torch::nn::Module& module, const std::string& prefix) {
  std::map<std::string, at::Tensor> tensors;
  for (const auto& item : module.named_parameters()) tensors[prefix + item.key()] = item.value();
  for (const auto& item : module.named_buffers()) tensors[prefix + item.key()] = item.value();
  return tensors;
}

}  // namespace

absl::Status StoreModule(const torch::nn::Module& module, const std::string& prefix, TensorFile* file) {
  STANFLOW_ASSIGN_OR_RETURN(TensorFile stored, StoreTensors(TensorsOf(module, prefix)));
  file->tensors.merge(stored.tensors);
  if (stored.tensors.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("tensor ", stored.tensors.begin()->first, " is in the file already"));
}

absl::Status LoadModule(const std::string& prefix, TensorFile* file, torch::nn::Module* module) {
  at::NoGradGuard no_grad;
  for (auto& [name, tensor] : TensorsOf(*module, prefix)) {
    const auto it = file->tensors.find(name);
    if (it == file->tensors.end()) return absl::DataLossError(absl::StrCat("tensor ", name, " is missing"));
    if (at::IntArrayRef(it->second.shape) != tensor.sizes()) {
      return absl::DataLossError(absl::StrCat("tensor ", name, " has another shape than its net"));
    }
    const at::Tensor stored = LoadTensor(it->second);
    if (stored.scalar_type() != tensor.scalar_type()) {
      return absl::DataLossError(absl::StrCat("tensor ", name, " is of another type than its net's"));
    }
    tensor.copy_(stored);
    file->tensors.erase(it);
  }
  return absl::OkStatus();
}

StoredTensor StoreOptimizer(const torch::optim::Optimizer& optimizer) {
  torch::serialize::OutputArchive archive;
  optimizer.save(archive);
  std::ostringstream stream;
  archive.save_to(stream);
  std::string bytes = stream.str();
  return {TensorType::kU8, {static_cast<int64_t>(bytes.size())}, std::move(bytes)};
}

void LoadOptimizer(const StoredTensor& bytes, torch::optim::Optimizer* optimizer) {
  std::istringstream stream(bytes.data);
  torch::serialize::InputArchive archive;
  archive.load_from(stream);
  optimizer->load(archive);
}

}  // namespace stanflow
