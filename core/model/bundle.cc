#include "core/model/bundle.h"

#include <ATen/ATen.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/model/module_tensors.h"

namespace stanflow {
namespace {

std::string Prefix(const AttributeNet& net) { return absl::StrCat(net.net_name(), "."); }

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
  TensorFile weights;
  for (const auto& net : model.nets) STANFLOW_RETURN_IF_ERROR(StoreModule(*net, Prefix(*net), &weights));
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
      const absl::Status status = LoadModule(Prefix(*net), &folder.weights, net.get());
      if (!status.ok()) return absl::DataLossError(absl::StrCat(path, ": ", status.message()));
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
