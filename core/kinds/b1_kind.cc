#include "core/generate/baselines/b1_fit.h"
#include "core/kinds/row_kind.h"
#include "core/kinds/table_options.h"

namespace stanflow {
namespace {

constexpr const char* kName = "b1";

struct NoOptions {};

const OptionTable<NoOptions>& Options() {
  static const auto* const table = new OptionTable<NoOptions>("preset b1", {});
  return *table;
}

absl::StatusOr<nlohmann::json> Train(const TrainingTask& task) {
  STANFLOW_ASSIGN_OR_RETURN(const nlohmann::json options, CompleteTableOptions<Options>(task.options));
  B1FitOptions fit_options;
  fit_options.seed = task.seed;
  fit_options.stop_requested = task.stop_requested;
  fit_options.progress = ReportFraction(task);
  STANFLOW_ASSIGN_OR_RETURN(const B1Fit fit, FitB1Model(*task.dataset, fit_options));
  return PublishRowModel(task, kName, options, fit);
}

absl::StatusOr<LoadedRowModel<B1Model>> Load(const std::string& bundle_dir) {
  STANFLOW_ASSIGN_OR_RETURN(const BundleFolder folder, ReadBundleFolder(bundle_dir, kName));
  return OfFolder(folder, B1Model::Load(folder.weights));
}

}  // namespace

const ModelKind kB1Kind = {kName,
                           "the paper's B1: every column on its own",
                           CompleteTableOptions<Options>,
                           Train,
                           LoadRowGenerator<Load>,
                           LoadRowScorer<Load>};

}  // namespace stanflow
