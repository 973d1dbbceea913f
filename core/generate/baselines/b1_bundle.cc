#include "core/generate/baselines/b1_bundle.h"

#include <utility>

#include "core/base/digest.h"
#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/flow/time.h"
#include "core/generate/baselines/b1_generator.h"
#include "core/generate/baselines/b1_scorer.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

// As every bundle has it (core/model/bundle.h).
constexpr std::string_view kFormatName = "stanflow-model";
constexpr int kFormatVersion = 1;

nlohmann::json Schema() {
  nlohmann::json schema = nlohmann::json::array();
  for (std::string_view name : kAttributeNames) schema.push_back(name);
  return schema;
}

int64_t DefaultStart(const Dataset& dataset) { return FloorTo(dataset.manifest().first_end_ms, kDayMs); }

nlohmann::json ManifestOf(const B1Fit& fit, const Dataset& dataset, uint64_t seed, int64_t created_ms) {
  return {{"format", kFormatName},
          {"format_version", kFormatVersion},
          {"preset", kB1Preset},
          {"schema", Schema()},
          {"options", nlohmann::json::object()},
          {"parameters", fit.model.parameters()},
          {"dataset", dataset.manifest().name},
          {"dataset_digest", dataset.manifest().digest},
          {"holdout", dataset.manifest().holdout.ToString()},
          {"created_ms", created_ms},
          {"default_start_ms", DefaultStart(dataset)},
          {"hosts", CountHosts(dataset.Sequences(Split::kTrain))},
          {"seed", seed},
          {"training_rows", fit.training_rows},
          {"validation_nats", fit.validation_nats},
          {"curve", nlohmann::json::array()},
          {"figures", {{"validation_rows", fit.validation_rows}}}};
}

absl::StatusOr<nlohmann::json> ParseFile(const std::string& path, const std::string& text) {
  auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_object()) return json;
  return absl::DataLossError(StrCat(path, " is no JSON object: the bundle is damaged; import it again"));
}

absl::StatusOr<nlohmann::json> ReadB1Manifest(const std::string& bundle_dir) {
  const std::string path = bundle_dir + "/manifest.json";
  STANFLOW_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  STANFLOW_ASSIGN_OR_RETURN(nlohmann::json manifest, ParseFile(path, text));
  const struct {
    const char* field;
    nlohmann::json wanted;
  } checks[] = {{"format", kFormatName},
                {"format_version", kFormatVersion},
                {"preset", kB1Preset},
                {"schema", Schema()}};
  for (const auto& check : checks) {
    if (manifest.contains(check.field) && manifest[check.field] == check.wanted) continue;
    return absl::FailedPreconditionError(StrCat(path, ": ", check.field, " is ",
                                                manifest.value(check.field, nlohmann::json()).dump(),
                                                ", B1 needs ", check.wanted.dump()));
  }
  for (const char* field : {"hosts", "default_start_ms"}) {
    if (manifest.contains(field) && manifest[field].is_number_integer()) continue;
    return absl::DataLossError(StrCat(path, ": ", field, " is missing or no whole number"));
  }
  return manifest;
}

LoadedB1 Load(B1Model model, uint32_t hosts, int64_t default_start_ms) {
  auto shared = std::make_shared<const B1Model>(std::move(model));
  return {std::make_unique<B1Generator>(shared, hosts, default_start_ms), std::make_unique<B1Scorer>(shared)};
}

}  // namespace

absl::Status FitB1(const Dataset& dataset, const B1FitOptions& options, int64_t created_ms,
                   const std::string& bundle_dir) {
  STANFLOW_ASSIGN_OR_RETURN(const B1Fit fit, FitB1Model(dataset, options));
  const std::string temporary = bundle_dir + ".tmp";
  STANFLOW_RETURN_IF_ERROR(RemoveAll(temporary));
  STANFLOW_RETURN_IF_ERROR(MakeDirectories(temporary));
  const std::string model = fit.model.ToJson().dump();
  nlohmann::json manifest = ManifestOf(fit, dataset, options.seed, created_ms);
  manifest["model_sha256"] = Sha256Hex(model);
  STANFLOW_RETURN_IF_ERROR(WriteFileDurably(temporary + "/model.json", model));
  STANFLOW_RETURN_IF_ERROR(WriteFileDurably(temporary + "/manifest.json", manifest.dump(1)));
  return PublishDirectory(temporary, bundle_dir);
}

absl::StatusOr<LoadedB1> LoadB1(const std::string& bundle_dir) {
  STANFLOW_ASSIGN_OR_RETURN(const nlohmann::json manifest, ReadB1Manifest(bundle_dir));
  const std::string path = bundle_dir + "/model.json";
  STANFLOW_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  if (manifest.value("model_sha256", nlohmann::json()) != Sha256Hex(text)) {
    return absl::DataLossError(StrCat(path, ": its SHA-256 is not the manifest's: damaged or exchanged"));
  }
  STANFLOW_ASSIGN_OR_RETURN(const nlohmann::json json, ParseFile(path, text));
  auto model = B1Model::FromJson(json);
  if (!model.ok()) return absl::DataLossError(StrCat(path, ": ", model.status().message()));
  return Load(*std::move(model), manifest["hosts"].get<uint32_t>(),
              manifest["default_start_ms"].get<int64_t>());
}

LoadedB1 MakeB1(B1Fit fit, const Dataset& dataset) {
  return Load(std::move(fit.model), CountHosts(dataset.Sequences(Split::kTrain)), DefaultStart(dataset));
}

}  // namespace stanflow
