#include "core/model/bundle.h"

#include <ATen/ATen.h>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/model/safetensors.h"

namespace stanflow {
namespace {

constexpr const char* kFormatName = "stanflow-model";

nlohmann::json Schema() {
  nlohmann::json schema = nlohmann::json::array();
  for (std::string_view name : kAttributeNames) schema.push_back(name);
  return schema;
}

void CollectTensors(const AttributeNet& net, std::map<std::string, at::Tensor>* tensors) {
  for (const auto& item : net.named_parameters())
    (*tensors)[absl::StrCat(net.net_name(), ".", item.key())] = item.value();
  for (const auto& item : net.named_buffers())
    (*tensors)[absl::StrCat(net.net_name(), ".", item.key())] = item.value();
}

absl::Status FillNet(const std::string& path, std::map<std::string, at::Tensor>* from, AttributeNet* net) {
  std::map<std::string, at::Tensor> into;
  CollectTensors(*net, &into);
  at::NoGradGuard no_grad;
  for (auto& [name, tensor] : into) {
    auto it = from->find(name);
    if (it == from->end()) return absl::DataLossError(absl::StrCat(path, ": tensor ", name, " is missing"));
    if (it->second.sizes() != tensor.sizes()) {
      return absl::DataLossError(
          absl::StrCat(path, ": tensor ", name, " has another shape than the manifest says"));
    }
    tensor.copy_(it->second);
    from->erase(it);
  }
  return absl::OkStatus();
}

nlohmann::json ManifestOf(const StanModel& model, const BundleInfo& info) {
  return {{"format", kFormatName},
          {"format_version", kBundleFormat},
          {"preset", PresetName(model.options.preset)},
          {"schema", Schema()},
          {"options", model.options.ToJson()},
          {"outputs", model.outputs.ToJson()},
          {"parameters", model.NumParameters()},
          {"dataset", info.dataset},
          {"dataset_digest", info.dataset_digest},
          {"holdout", info.holdout},
          {"created_ms", info.created_ms},
          {"default_start_ms", info.default_start_ms},
          {"hosts", info.hosts},
          {"seed", info.seed},
          {"training_rows", info.training_rows},
          {"validation_nats", info.validation_nats},
          {"curve", info.curve},
          {"figures", info.figures}};
}

}  // namespace

absl::Status WriteBundle(const std::string& dir, const StanModel& model, const BundleInfo& info) {
  const std::string temporary = dir + ".tmp";
  STANFLOW_RETURN_IF_ERROR(RemoveAll(temporary));
  STANFLOW_RETURN_IF_ERROR(MakeDirectories(temporary));
  TensorFile file;
  file.metadata["format"] = kFormatName;
  for (const auto& net : model.nets) CollectTensors(*net, &file.tensors);
  const std::string weights = temporary + "/model.safetensors";
  STANFLOW_RETURN_IF_ERROR(WriteTensorFile(weights, file));
  nlohmann::json manifest = ManifestOf(model, info);
  STANFLOW_ASSIGN_OR_RETURN(manifest["weights_sha256"], Sha256HexOfFile(weights));
  STANFLOW_RETURN_IF_ERROR(WriteFileDurably(temporary + "/manifest.json", manifest.dump(1)));
  return PublishDirectory(temporary, dir);
}

absl::StatusOr<nlohmann::json> ReadBundleManifest(const std::string& dir) {
  const std::string path = dir + "/manifest.json";
  STANFLOW_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  auto manifest = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (manifest.is_discarded() || !manifest.is_object()) {
    return absl::DataLossError(absl::StrCat(path, " is not JSON: the bundle is damaged; export it again"));
  }
  if (manifest.value("format", "") != kFormatName) {
    return absl::FailedPreconditionError(absl::StrCat(path, ": not a model of stanflow (format '",
                                                      manifest.value("format", ""), "', expected '",
                                                      kFormatName, "')"));
  }
  if (manifest.value("format_version", 0) != kBundleFormat) {
    return absl::FailedPreconditionError(absl::StrCat(path, ": format version ",
                                                      manifest.value("format_version", 0),
                                                      "; this program reads ", kBundleFormat));
  }
  return manifest;
}

absl::StatusOr<Bundle> ReadBundle(const std::string& dir) {
  STANFLOW_ASSIGN_OR_RETURN(const nlohmann::json manifest, ReadBundleManifest(dir));
  const std::string path = dir + "/model.safetensors";
  try {
    if (manifest.at("schema") != Schema()) {
      return absl::FailedPreconditionError(
          absl::StrCat(dir, "/manifest.json: the model has other attributes than this program: ",
                       manifest.at("schema").dump()));
    }
    STANFLOW_ASSIGN_OR_RETURN(const std::string digest, Sha256HexOfFile(path));
    if (digest != manifest.at("weights_sha256")) {
      return absl::DataLossError(
          absl::StrCat(path, ": its SHA-256 is not the manifest's: damaged or exchanged; export it again"));
    }
    STANFLOW_ASSIGN_OR_RETURN(StanOptions options, StanOptions::FromJson(manifest.at("options")));
    STANFLOW_ASSIGN_OR_RETURN(OutputSet outputs, OutputSet::FromJson(manifest.at("outputs")));
    for (const Output& output : outputs.outputs) {
      if (options.preset == Preset::kCausal && output.head != HeadKind::kSoftmax) {
        return absl::DataLossError(absl::StrCat(dir, "/manifest.json: ", output.name(),
                                                ": outputs of the causal preset have softmax heads"));
      }
    }
    Bundle bundle;
    bundle.info = {manifest.at("dataset"),    manifest.at("dataset_digest"),   manifest.at("holdout"),
                   manifest.at("created_ms"), manifest.at("default_start_ms"), manifest.at("hosts"),
                   manifest.at("seed"),       manifest.at("training_rows"),    manifest.at("validation_nats"),
                   manifest.at("curve"),      manifest.at("figures")};
    bundle.model = std::make_unique<StanModel>(options, std::move(outputs), bundle.info.seed);
    STANFLOW_ASSIGN_OR_RETURN(TensorFile file, ReadTensorFile(path));
    for (const auto& net : bundle.model->nets) {
      STANFLOW_RETURN_IF_ERROR(FillNet(path, &file.tensors, net.get()));
      net->eval();
    }
    if (!file.tensors.empty()) {
      return absl::DataLossError(
          absl::StrCat(path, ": tensor ", file.tensors.begin()->first, " belongs to no net"));
    }
    return bundle;
  } catch (const nlohmann::json::exception& e) {
    return absl::DataLossError(absl::StrCat(dir, "/manifest.json: ", e.what()));
  } catch (const std::exception& e) {
    return absl::DataLossError(absl::StrCat(path, ": ", e.what()));
  }
}

}  // namespace stanflow
