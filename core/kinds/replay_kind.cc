#include <algorithm>
#include <limits>

#include "core/generate/replay_model.h"
#include "core/kinds/row_kind.h"
#include "core/kinds/table_options.h"

namespace stanflow {
namespace {

constexpr const char* kName = "replay";

struct NoOptions {};

const OptionTable<NoOptions>& Options() {
  static const auto* const table = new OptionTable<NoOptions>("preset replay", {});
  return *table;
}

absl::StatusOr<nlohmann::json> Train(const TrainingTask& task) {
  STANFLOW_ASSIGN_OR_RETURN(const nlohmann::json options, CompleteTableOptions<Options>(task.options));
  STANFLOW_ASSIGN_OR_RETURN(const ReplayModel model, ReplayModel::OfDataset(*task.dataset));
  BundleInfo info = BundleInfoOf(*task.dataset, task.seed, task.created_ms);
  info.holdout = Holdout().ToString();  // every row is in it
  info.training_rows = model.rows();
  info.validation_nats = std::numeric_limits<double>::quiet_NaN();
  nlohmann::json manifest = CommonManifest(kName, options, /*parameters=*/0, info);
  manifest["default_hosts"] = std::min(model.hosts(), kMaxStreamHosts);
  TensorFile rows;
  model.Store(&rows);
  STANFLOW_RETURN_IF_ERROR(WriteBundleFolder(task.bundle_dir, std::move(manifest), rows));
  return nlohmann::json{{"training_rows", model.rows()}, {"hosts", model.hosts()}, {"parameters", 0}};
}

absl::StatusOr<LoadedRowModel<ReplayModel>> Load(const std::string& bundle_dir) {
  STANFLOW_ASSIGN_OR_RETURN(const BundleFolder folder, ReadBundleFolder(bundle_dir, kName));
  STANFLOW_ASSIGN_OR_RETURN(auto loaded, OfFolder(folder, ReplayModel::Load(folder.weights)));
  loaded.info.default_hosts = std::min(loaded.model->hosts(), kMaxStreamHosts);
  return loaded;
}

}  // namespace

const ModelKind kReplayKind = {kName,
                               "no model: the dataset's own flows, over and over",
                               CompleteTableOptions<Options>,
                               Train,
                               LoadRowGenerator<Load>,
                               nullptr};

}  // namespace stanflow
