#include "server/rpc/train_estimate.h"

#include <map>
#include <optional>

#include "core/base/status_macros.h"
#include "nlohmann/json.hpp"
#include "server/rpc/job_specs.h"

namespace stanflow {
namespace {

struct Speed {
  double rows_per_second = 0;
  std::string of;  // "models/M/versions/N"
  int64_t created_ms = 0;
};

// Every option of the training; null where this build can't say.
nlohmann::json OptionsOf(const v1::TrainRequest& request, const RpcEnvironment& env) {
  if (env.complete_train_options == nullptr) return nullptr;
  const std::map<std::string, std::string> given(request.options().begin(), request.options().end());
  return nlohmann::json::parse(env.complete_train_options(PresetOf(request), given), nullptr,
                               /*allow_exceptions=*/false);
}

// How long to train is no matter of speed.
nlohmann::json SpeedOptions(nlohmann::json options) {
  for (const char* name : {"epochs", "patience"}) options.erase(name);
  return options;
}

std::optional<Speed> SpeedOf(const ModelVersionInfo& model, const std::string& preset,
                             const nlohmann::json& options) {
  const nlohmann::json manifest = nlohmann::json::parse(model.manifest_json, nullptr, false);
  try {
    if (manifest.at("preset") != preset || SpeedOptions(manifest.at("options")) != SpeedOptions(options))
      return std::nullopt;
    return Speed{manifest.at("figures").at("rows_per_second").get<double>(), model.id.ToString(),
                 manifest.at("created_ms").get<int64_t>()};
  } catch (const nlohmann::json::exception&) {  // A baseline, or a damaged one.
    return std::nullopt;
  }
}

absl::StatusOr<std::optional<Speed>> NewestSpeed(const std::string& preset, const nlohmann::json& options,
                                                 const ModelRegistry& models) {
  STANFLOW_ASSIGN_OR_RETURN(const std::vector<ModelVersionInfo> all, models.List());
  std::optional<Speed> newest;
  for (const ModelVersionInfo& model : all) {
    const std::optional<Speed> speed = SpeedOf(model, preset, options);
    if (!speed.has_value() || speed->rows_per_second <= 0) continue;
    if (!newest.has_value() || speed->created_ms > newest->created_ms) newest = speed;
  }
  return newest;
}

}  // namespace

absl::StatusOr<std::string> EstimateTraining(const v1::TrainRequest& request, const RpcEnvironment& env) {
  STANFLOW_ASSIGN_OR_RETURN(const DatasetInfo dataset, env.datasets->Get("dataset", request.dataset()));
  const uint64_t rows = dataset.manifest.train_rows;
  nlohmann::json out = {{"rows", rows},
                        {"epochs", nullptr},
                        {"memory_bytes", dataset.manifest.size_bytes},
                        {"seconds", nullptr},
                        {"based_on", nullptr}};
  if (request.max_minutes() > 0) {
    out["seconds"] = 60 * request.max_minutes();
    out["based_on"] = "max_minutes";
  }
  const nlohmann::json options = OptionsOf(request, env);
  if (!options.is_object() || !options.contains("epochs")) return out.dump();
  out["epochs"] = options["epochs"];
  STANFLOW_ASSIGN_OR_RETURN(const std::optional<Speed> speed,
                            NewestSpeed(PresetOf(request), options, *env.models));
  if (!speed.has_value()) return out.dump();
  const double seconds = static_cast<double>(rows) * options["epochs"].get<double>() / speed->rows_per_second;
  if (out["seconds"].is_null() || seconds < out["seconds"].get<double>()) {
    out["seconds"] = seconds;
    out["based_on"] = speed->of;
  }
  return out.dump();
}

}  // namespace stanflow
