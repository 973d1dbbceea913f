#include <chrono>

#include "absl/strings/str_cat.h"
#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/dataset/dataset.h"
#include "core/generate/baselines/b1_bundle.h"
#include "core/model/bundle.h"
#include "core/train/trainer.h"
#include "server/worker/job_handler.h"

namespace stanflow {
namespace {

absl::StatusOr<nlohmann::json> TrainB1(const Dataset& dataset, const TrainerOptions& options,
                                       const JobContext& context) {
  B1FitOptions fit;
  fit.seed = options.seed;
  fit.stop_requested = context.stop_requested;
  fit.progress = [&](double fraction) {
    JobProgress progress;
    progress.fraction = fraction;
    progress.phase = "training";
    context.progress(progress);
  };
  STANFLOW_RETURN_IF_ERROR(FitB1(dataset, fit, options.created_ms, options.bundle_dir));
  STANFLOW_ASSIGN_OR_RETURN(const nlohmann::json manifest, ReadBundleManifest(options.bundle_dir));
  return nlohmann::json{{"validation_nats", manifest.at("validation_nats")},
                        {"training_rows", manifest.at("training_rows")},
                        {"parameters", manifest.at("parameters")}};
}

absl::StatusOr<TrainerOptions> OptionsOf(const JobContext& context) {
  TrainerOptions options;
  const nlohmann::json& spec = context.spec;
  try {
    STANFLOW_ASSIGN_OR_RETURN(const Preset preset, PresetFromName(spec.at("preset").get<std::string>()));
    STANFLOW_ASSIGN_OR_RETURN(
        options.model,
        ParseTrainOptions(preset, spec.at("options").get<std::map<std::string, std::string>>()));
    options.seed = spec.at("seed");
    options.max_seconds = 60 * spec.at("max_minutes").get<double>();
  } catch (const nlohmann::json::exception& e) {
    return absl::InvalidArgumentError(absl::StrCat("train job: ", e.what()));
  }
  options.threads = context.threads;
  options.device = context.device;
  options.checkpoint_dir = context.job_dir + "/checkpoint";
  options.bundle_dir = context.job_dir + "/out/bundle";
  options.created_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                           std::chrono::system_clock::now().time_since_epoch())
                           .count();
  return options;
}

}  // namespace

absl::StatusOr<nlohmann::json> RunTrainJob(const JobContext& context) {
  STANFLOW_ASSIGN_OR_RETURN(const TrainerOptions options, OptionsOf(context));
  const std::string dataset_name = context.spec.value("dataset", "");
  STANFLOW_ASSIGN_OR_RETURN(const auto dataset,
                            Dataset::Open(context.data_dir + "/datasets/" + dataset_name));
  // A bundle without SUCCEEDED is of an attempt that died before it was published.
  STANFLOW_RETURN_IF_ERROR(RemoveAll(options.bundle_dir));
  STANFLOW_RETURN_IF_ERROR(MakeDirectories(context.job_dir + "/out"));
  if (options.model.preset == Preset::kB1) return TrainB1(*dataset, options, context);
  const auto report = [&](const TrainerProgress& p) {
    JobProgress progress;
    progress.fraction = p.fraction;
    progress.phase = "training";
    progress.attribute = p.attribute;
    progress.epoch = p.epoch;
    progress.nats = p.nats;
    progress.rows_per_second = p.rows_per_second;
    progress.seconds_left = p.seconds_left;
    context.progress(progress);
  };
  STANFLOW_ASSIGN_OR_RETURN(const TrainerResult result,
                            TrainModel(*dataset, options, report, context.stop_requested));
  return nlohmann::json{{"validation_nats", result.validation_nats},
                        {"trained_seconds", result.trained_seconds},
                        {"rows_per_second", result.rows_per_second},
                        {"training_rows", result.training_rows},
                        {"parameters", result.parameters}};
}

}  // namespace stanflow
