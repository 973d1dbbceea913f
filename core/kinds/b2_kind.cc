#include "core/generate/baselines/b2_fit.h"
#include "core/kinds/row_kind.h"
#include "core/kinds/table_options.h"

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

absl::StatusOr<nlohmann::json> Train(const TrainingTask& task) {
  STANFLOW_ASSIGN_OR_RETURN(B2FitOptions options, Options().Parse(task.options));
  options.marginals.seed = task.seed;
  options.marginals.stop_requested = task.stop_requested;
  options.marginals.progress = ReportFraction(task);
  STANFLOW_ASSIGN_OR_RETURN(const B2Fit fit, FitB2Model(*task.dataset, options));
  return PublishRowModel(task, kName, Options().ToJson(options), fit);
}

absl::StatusOr<LoadedRowModel<B2Model>> Load(const std::string& bundle_dir) {
  STANFLOW_ASSIGN_OR_RETURN(const BundleFolder folder, ReadBundleFolder(bundle_dir, kName));
  STANFLOW_ASSIGN_OR_RETURN(const B2FitOptions options, ReadTableOptions(Options(), folder));
  return OfFolder(folder, B2Model::Load(options.structure, folder.weights));
}

}  // namespace

const ModelKind kB2Kind = {kName,
                           "the paper's B2: bytes given the bytes before and the hour",
                           CompleteTableOptions<Options>,
                           Train,
                           LoadRowGenerator<Load>,
                           LoadRowScorer<Load>};

}  // namespace stanflow
