#include "core/model/bundle.h"

#include <ATen/ATen.h>

#include <map>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/model/torch_tensors.h"

namespace stanflow {
namespace {

void CollectTensors(const AttributeNet& net, std::map<std::string, at::Tensor>* tensors) {
  for (const auto& item : net.named_parameters())
    (*tensors)[absl::StrCat(net.net_name(), ".", item.key())] = item.value();
  for (const auto& item : net.named_buffers())
    (*tensors)[absl::StrCat(net.net_name(), ".", item.key())] = item.value();
}

// Takes the net's tensors out of `from`.
absl::Status FillNet(const std::string& path, std::map<std::string, StoredTensor>* from, AttributeNet* net) {
  std::map<std::string, at::Tensor> into;
  CollectTensors(*net, &into);
  at::NoGradGuard no_grad;
  for (auto& [name, tensor] : into) {
    auto it = from->find(name);
    if (it == from->end()) return absl::DataLossError(absl::StrCat(path, ": tensor ", name, " is missing"));
    if (at::IntArrayRef(it->second.shape) != tensor.sizes()) {
      return absl::DataLossError(
          absl::StrCat(path, ": tensor ", name, " has another shape than the manifest says"));
    }
    tensor.copy_(LoadTensor(it->second));
    from->erase(it);
  }
  return absl::OkStatus();
}

absl::Status CheckHeads(const std::string& dir, const StanOptions& options, const OutputSet& outputs) {
  if (options.preset != Preset::kCausal) return absl::OkStatus();
  for (const Output& output : outputs.outputs) {
    if (output.head == HeadKind::kSoftmax) continue;
    return absl::DataLossError(absl::StrCat(dir, "/manifest.json: ", output.name(),
                                            ": outputs of the causal preset have softmax heads"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status WriteBundle(const std::string& dir, const StanModel& model, const BundleInfo& info) {
  std::map<std::string, at::Tensor> tensors;
  for (const auto& net : model.nets) CollectTensors(*net, &tensors);
  STANFLOW_ASSIGN_OR_RETURN(const TensorFile weights, StoreTensors(tensors));
  nlohmann::json manifest = CommonManifest(PresetName(model.options.preset), model.options.ToJson(),
                                           static_cast<uint64_t>(model.NumParameters()), info);
  manifest["outputs"] = model.outputs.ToJson();
  return WriteBundleFolder(dir, std::move(manifest), weights);
}

absl::StatusOr<Bundle> ReadBundle(const std::string& dir, Preset preset) {
  STANFLOW_ASSIGN_OR_RETURN(BundleFolder folder, ReadBundleFolder(dir, PresetName(preset)));
  const std::string path = dir + "/model.safetensors";
  try {
    STANFLOW_ASSIGN_OR_RETURN(const StanOptions options,
                              StanOptions::FromJson(preset, folder.manifest.at("options")));
    STANFLOW_ASSIGN_OR_RETURN(OutputSet outputs, OutputSet::FromJson(folder.manifest.at("outputs")));
    STANFLOW_RETURN_IF_ERROR(CheckHeads(dir, options, outputs));
    Bundle bundle{std::move(folder.info), nullptr};
    bundle.model = std::make_unique<StanModel>(options, std::move(outputs), bundle.info.seed);
    for (const auto& net : bundle.model->nets) {
      STANFLOW_RETURN_IF_ERROR(FillNet(path, &folder.weights.tensors, net.get()));
      net->eval();
    }
    if (!folder.weights.tensors.empty()) {
      return absl::DataLossError(
          absl::StrCat(path, ": tensor ", folder.weights.tensors.begin()->first, " belongs to no net"));
    }
    return bundle;
  } catch (const nlohmann::json::exception& e) {
    return absl::DataLossError(absl::StrCat(dir, "/manifest.json: ", e.what()));
  } catch (const std::exception& e) {
    return absl::DataLossError(absl::StrCat(path, ": ", e.what()));
  }
}

}  // namespace stanflow
