#include "core/base/option_table.h"
#include "core/generate/baselines/b1_fit.h"
#include "core/kinds/row_kind.h"

namespace stanflow {
namespace {

constexpr const char* kName = "b1";

struct NoOptions {};

absl::StatusOr<nlohmann::json> CompleteOptions(const std::map<std::string, std::string>& settings) {
  const OptionTable<NoOptions> table("preset b1", {});
  STANFLOW_ASSIGN_OR_RETURN(const NoOptions options, table.Parse(settings));
  return table.ToJson(options);
}

absl::StatusOr<nlohmann::json> Train(const TrainingTask& task) {
  STANFLOW_ASSIGN_OR_RETURN(const nlohmann::json options, CompleteOptions(task.options));
  B1FitOptions fit_options;
  fit_options.seed = task.seed;
  fit_options.stop_requested = task.stop_requested;
  fit_options.progress = ReportFraction(task);
  STANFLOW_ASSIGN_OR_RETURN(const B1Fit fit, FitB1Model(*task.dataset, fit_options));
  return PublishRowModel(task, kName, options, fit);
}

absl::StatusOr<LoadedRowModel<B1Model>> Load(const std::string& bundle_dir) {
  return LoadRowModel<B1Model>(bundle_dir, kName,
                               [](const BundleFolder& folder) { return B1Model::Load(folder.weights); });
}

absl::StatusOr<std::unique_ptr<Generator>> LoadB1Generator(const std::string& bundle_dir,
                                                           const std::string&) {
  STANFLOW_ASSIGN_OR_RETURN(auto b1, Load(bundle_dir));
  return MakeRowGenerator(std::move(b1.model), std::move(b1.info));
}

absl::StatusOr<std::unique_ptr<Scorer>> LoadB1Scorer(const std::string& bundle_dir, const std::string&) {
  STANFLOW_ASSIGN_OR_RETURN(auto b1, Load(bundle_dir));
  return MakeRowScorer(std::move(b1.model));
}

}  // namespace

const ModelKind kB1Kind = {
    kName, "the paper's B1: every column on its own", CompleteOptions, Train, LoadB1Generator, LoadB1Scorer};

}  // namespace stanflow
