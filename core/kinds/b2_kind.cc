#include "core/base/option_table.h"
#include "core/generate/baselines/b2_fit.h"
#include "core/kinds/row_kind.h"

namespace stanflow {
namespace {

constexpr const char* kName = "b2";
constexpr const char* kStructure = "structure";

absl::Status CheckStructure(const std::string& text) { return ParseB2Structure(text).status(); }

const OptionTable<B2FitOptions>& Options() {
  static const auto* const table = new OptionTable<B2FitOptions>(
      "preset b2",
      {{kStructure, "CHILD|PARENT,PARENT;...", "what depends on what: attributes, previous.ATTRIBUTE, hour",
        TextOption<B2FitOptions>{&B2FitOptions::structure, CheckStructure}}});
  return *table;
}

absl::StatusOr<nlohmann::json> CompleteOptions(const std::map<std::string, std::string>& settings) {
  STANFLOW_ASSIGN_OR_RETURN(const B2FitOptions options, Options().Parse(settings));
  return Options().ToJson(options);
}

absl::StatusOr<nlohmann::json> Train(const TrainingTask& task) {
  STANFLOW_ASSIGN_OR_RETURN(B2FitOptions options, Options().Parse(task.options));
  options.marginals.seed = task.seed;
  options.marginals.stop_requested = task.stop_requested;
  options.marginals.progress = ReportFraction(task);
  STANFLOW_ASSIGN_OR_RETURN(const B2Fit fit, FitB2Model(*task.dataset, options));
  return PublishRowModel(task, kName, Options().ToJson(options), fit);
}

absl::StatusOr<LoadedRowModel<B2Model>> Load(const std::string& bundle_dir) {
  return LoadRowModel<B2Model>(bundle_dir, kName, [](const BundleFolder& folder) -> absl::StatusOr<B2Model> {
    STANFLOW_ASSIGN_OR_RETURN(const B2FitOptions options,
                              Options().FromJson(folder.manifest.value("options", nlohmann::json())));
    return B2Model::Load(options.structure, folder.weights);
  });
}

absl::StatusOr<std::unique_ptr<Generator>> LoadB2Generator(const std::string& bundle_dir,
                                                           const std::string&) {
  STANFLOW_ASSIGN_OR_RETURN(auto b2, Load(bundle_dir));
  return MakeRowGenerator(std::move(b2.model), std::move(b2.info));
}

absl::StatusOr<std::unique_ptr<Scorer>> LoadB2Scorer(const std::string& bundle_dir, const std::string&) {
  STANFLOW_ASSIGN_OR_RETURN(auto b2, Load(bundle_dir));
  return MakeRowScorer(std::move(b2.model));
}

}  // namespace

const ModelKind kB2Kind = {kName,           "the paper's B2: bytes given the bytes before and the hour",
                           CompleteOptions, Train,
                           LoadB2Generator, LoadB2Scorer};

}  // namespace stanflow
