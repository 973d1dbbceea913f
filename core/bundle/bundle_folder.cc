#include "core/bundle/bundle_folder.h"

#include <cmath>
#include <limits>
#include <utility>

#include "core/base/digest.h"
#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/flow/time.h"

namespace stanflow {
namespace {

constexpr const char* kFormatName = "stanflow-model";

nlohmann::json Schema() {
  nlohmann::json schema = nlohmann::json::array();
  for (std::string_view name : kAttributeNames) schema.push_back(name);
  return schema;
}

nlohmann::json NumberOrNull(double value) {
  return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json();
}

// Throws nlohmann's exception for a field that is missing or of another type.
BundleInfo InfoOf(const nlohmann::json& manifest) {
  const auto& nats = manifest.at("validation_nats");
  return {manifest.at("dataset"),
          manifest.at("dataset_digest"),
          manifest.at("holdout"),
          manifest.at("created_ms"),
          manifest.at("default_start_ms"),
          manifest.at("hosts"),
          manifest.at("seed"),
          manifest.at("training_rows"),
          nats.is_null() ? std::numeric_limits<double>::quiet_NaN() : nats.get<double>(),
          manifest.at("curve"),
          manifest.at("figures")};
}

absl::Status CheckKind(const std::string& path, const nlohmann::json& manifest, const std::string& preset) {
  const std::string found = manifest.at("preset");
  if (found != preset) {
    return absl::FailedPreconditionError(
        StrCat(path, ": a model of preset ", found, "; preset ", preset, " is needed"));
  }
  if (manifest.at("schema") != Schema()) {
    return absl::FailedPreconditionError(
        StrCat(path, ": the model has other attributes than this program: ", manifest.at("schema").dump()));
  }
  return absl::OkStatus();
}

absl::Status WriteFiles(const std::string& dir, nlohmann::json manifest, TensorFile weights) {
  STANFLOW_RETURN_IF_ERROR(MakeDirectories(dir));
  weights.metadata["format"] = kFormatName;
  const std::string bytes = SerializeTensors(weights);
  manifest["weights_sha256"] = Sha256Hex(bytes);
  STANFLOW_RETURN_IF_ERROR(WriteFileDurably(dir + "/model.safetensors", bytes));
  return WriteFileDurably(dir + "/manifest.json", manifest.dump(1));
}

absl::StatusOr<TensorFile> ReadWeights(const std::string& path, const std::string& sha256) {
  const absl::StatusOr<MappedFile> mapped = MappedFile::Open(path);
  if (absl::IsNotFound(mapped.status()))
    return absl::DataLossError(StrCat(path, " is missing: the bundle is damaged; export it again"));
  STANFLOW_RETURN_IF_ERROR(mapped.status());
  if (sha256 != Sha256Hex(mapped->bytes())) {
    return absl::DataLossError(
        StrCat(path, ": its SHA-256 is not the manifest's: damaged or exchanged; export it again"));
  }
  return ParseTensors(mapped->bytes(), path);
}

}  // namespace

BundleInfo BundleInfoOf(const Dataset& dataset, uint64_t seed, int64_t created_ms) {
  const DatasetManifest& manifest = dataset.manifest();
  BundleInfo info;
  info.dataset = manifest.name;
  info.dataset_digest = manifest.digest;
  info.holdout = manifest.holdout.ToString();
  info.created_ms = created_ms;
  info.default_start_ms = FloorTo(manifest.first_end_ms, kDayMs);
  info.hosts = CountHosts(dataset.Sequences(Split::kTrain));
  info.seed = seed;
  return info;
}

nlohmann::json CommonManifest(const std::string& preset, const nlohmann::json& options, uint64_t parameters,
                              const BundleInfo& info) {
  return {{"format", kFormatName},
          {"format_version", kBundleFormat},
          {"preset", preset},
          {"schema", Schema()},
          {"options", options},
          {"parameters", parameters},
          {"dataset", info.dataset},
          {"dataset_digest", info.dataset_digest},
          {"holdout", info.holdout},
          {"created_ms", info.created_ms},
          {"default_start_ms", info.default_start_ms},
          {"hosts", info.hosts},
          {"seed", info.seed},
          {"training_rows", info.training_rows},
          {"validation_nats", NumberOrNull(info.validation_nats)},
          {"curve", info.curve},
          {"figures", info.figures}};
}

absl::Status WriteBundleFolder(const std::string& dir, nlohmann::json manifest, const TensorFile& weights) {
  const std::string temporary = dir + ".tmp";
  STANFLOW_RETURN_IF_ERROR(RemoveAll(temporary));
  absl::Status status = WriteFiles(temporary, std::move(manifest), weights);
  if (status.ok()) status = PublishDirectory(temporary, dir);
  if (!status.ok()) RemoveAll(temporary).IgnoreError();  // The first error says more.
  return status;
}

absl::StatusOr<nlohmann::json> ReadBundleManifest(const std::string& dir) {
  const std::string path = dir + "/manifest.json";
  STANFLOW_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  auto manifest = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (manifest.is_discarded() || !manifest.is_object()) {
    return absl::DataLossError(StrCat(path, " is not JSON: the bundle is damaged; export it again"));
  }
  const auto field = [&manifest](const char* name) {
    return manifest.contains(name) ? manifest[name] : nlohmann::json();
  };
  if (field("format") != kFormatName) {
    return absl::FailedPreconditionError(StrCat(path, ": not a model of stanflow (format ",
                                                field("format").dump(), ", expected '", kFormatName, "')"));
  }
  if (field("format_version") != kBundleFormat) {
    return absl::FailedPreconditionError(StrCat(path, ": format version ", field("format_version").dump(),
                                                "; this program reads ", kBundleFormat));
  }
  return manifest;
}

absl::StatusOr<BundleFolder> ReadBundleFolder(const std::string& dir, const std::string& preset) {
  BundleFolder folder;
  folder.dir = dir;
  STANFLOW_ASSIGN_OR_RETURN(folder.manifest, ReadBundleManifest(dir));
  const std::string manifest_path = dir + "/manifest.json";
  try {
    STANFLOW_RETURN_IF_ERROR(CheckKind(manifest_path, folder.manifest, preset));
    folder.info = InfoOf(folder.manifest);
    const std::string sha256 = folder.manifest.at("weights_sha256");
    STANFLOW_ASSIGN_OR_RETURN(folder.weights, ReadWeights(dir + "/model.safetensors", sha256));
  } catch (const nlohmann::json::exception& e) {
    return absl::DataLossError(StrCat(manifest_path, ": ", e.what()));
  }
  return folder;
}

}  // namespace stanflow
