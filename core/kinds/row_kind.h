#ifndef STANFLOW_CORE_KINDS_ROW_KIND_H_
#define STANFLOW_CORE_KINDS_ROW_KIND_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/bundle/bundle_folder.h"
#include "core/generate/row_model.h"
#include "core/kinds/model_kind.h"

namespace stanflow {

// What kinds have in common whose models are row models (core/generate/row_model.h).

// For fits that know how far they are and nothing else.
inline std::function<void(double)> ReportFraction(const TrainingTask& task) {
  return [progress = task.progress](double fraction) {
    TrainerProgress report;
    report.fraction = fraction;
    progress(report);
  };
}

// Publishes a fit and answers the job's figures. `Fit`: model, training_rows, validation_rows,
// validation_nats.
template <typename Fit>
absl::StatusOr<nlohmann::json> PublishRowModel(const TrainingTask& task, const std::string& preset,
                                               const nlohmann::json& options, const Fit& fit) {
  BundleInfo info = BundleInfoOf(*task.dataset, task.seed, task.created_ms);
  info.training_rows = fit.training_rows;
  info.validation_nats = fit.validation_nats;
  info.figures = {{"validation_rows", fit.validation_rows}};
  TensorFile weights;
  fit.model->Store(&weights);
  const uint64_t parameters = fit.model->parameters();
  STANFLOW_RETURN_IF_ERROR(
      WriteBundleFolder(task.bundle_dir, CommonManifest(preset, options, parameters, info), weights));
  return nlohmann::json{{"validation_nats", fit.validation_nats},
                        {"training_rows", fit.training_rows},
                        {"parameters", parameters}};
}

template <typename Model>
struct LoadedRowModel {
  std::shared_ptr<const Model> model;
  GeneratorInfo info;
};

// A folder's model, if `model` could be made of its weights; else DATA_LOSS with the file's name.
template <typename Model>
absl::StatusOr<LoadedRowModel<Model>> OfFolder(const BundleFolder& folder, absl::StatusOr<Model> model) {
  if (!model.ok())
    return absl::DataLossError(StrCat(folder.dir, "/model.safetensors: ", model.status().message()));
  LoadedRowModel<Model> out{std::make_shared<const Model>(*std::move(model)), {}};
  out.info.preset = folder.manifest["preset"];
  out.info.training_hosts = folder.info.hosts;
  out.info.default_start_ms = folder.info.default_start_ms;
  return out;
}

// A ModelKind's load_generator and load_scorer. `load`: a function that makes a LoadedRowModel of a folder's
// path. Row models have no use for a device.
template <auto load>
absl::StatusOr<std::unique_ptr<Generator>> LoadRowGenerator(const std::string& bundle_dir,
                                                            const std::string&) {
  STANFLOW_ASSIGN_OR_RETURN(auto loaded, load(bundle_dir));
  return MakeRowGenerator(std::move(loaded.model), std::move(loaded.info));
}
template <auto load>
absl::StatusOr<std::unique_ptr<Scorer>> LoadRowScorer(const std::string& bundle_dir, const std::string&) {
  STANFLOW_ASSIGN_OR_RETURN(auto loaded, load(bundle_dir));
  return MakeRowScorer(std::move(loaded.model));
}

}  // namespace stanflow

#endif  // STANFLOW_CORE_KINDS_ROW_KIND_H_
