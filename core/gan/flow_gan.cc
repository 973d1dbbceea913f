#include "core/gan/flow_gan.h"

#include <ATen/ATen.h>

#include <limits>

#include "absl/strings/str_cat.h"
#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/gan/gan_generator.h"
#include "core/gan/gan_trainer.h"
#include "core/gan/training_rows.h"
#include "core/model/module_tensors.h"
#include "core/model/torch_device.h"

namespace stanflow {
namespace {

constexpr const char* kNet = "generator.";

uint64_t ParametersOf(const GeneratorNet& net) {
  uint64_t n = 0;
  for (const at::Tensor& p : net.parameters()) n += static_cast<uint64_t>(p.numel());
  return n;
}

nlohmann::json CurveJson(const std::vector<GanCurvePoint>& curve) {
  nlohmann::json json = nlohmann::json::array();
  for (const GanCurvePoint& p : curve) {
    json.push_back(
        {{"epoch", p.epoch}, {"generator_loss", p.generator_loss}, {"critic_distance", p.critic_distance}});
  }
  return json;
}

absl::StatusOr<nlohmann::json> Publish(const TrainingTask& task, const std::string& preset,
                                       const nlohmann::json& options, const FlowGan& gan, uint64_t rows,
                                       const GanTrainer& trainer) {
  BundleInfo info = BundleInfoOf(*task.dataset, task.seed, task.created_ms);
  info.training_rows = rows;
  info.validation_nats = std::numeric_limits<double>::quiet_NaN();
  info.curve = CurveJson(trainer.curve());
  info.figures = {{"trained_seconds", trainer.seconds()},
                  {"rows_per_second", trainer.rows_per_second()},
                  {"steps", trainer.steps()}};
  TensorFile weights;
  STANFLOW_RETURN_IF_ERROR(StoreModule(gan.net(), kNet, &weights));
  gan.Store(&weights);
  const uint64_t parameters = ParametersOf(gan.net());
  nlohmann::json manifest = CommonManifest(preset, options, parameters, info);
  manifest.update(gan.Fields());
  STANFLOW_RETURN_IF_ERROR(WriteBundleFolder(task.bundle_dir, std::move(manifest), weights));
  nlohmann::json figures = info.figures;
  figures["training_rows"] = rows;
  figures["parameters"] = parameters;
  return figures;
}

absl::StatusOr<nlohmann::json> Run(const TrainingTask& task, const std::string& preset,
                                   const nlohmann::json& options, uint64_t max_rows,
                                   const FlowGanMaker& make) {
  const std::function<bool()>& stop = task.stop_requested;
  MakeTorchRepeatable();
  STANFLOW_RETURN_IF_ERROR(MakeDirectories(task.checkpoint_dir));
  STANFLOW_ASSIGN_OR_RETURN(std::vector<HostRow> rows, ReadTrainingRows(*task.dataset, max_rows, stop));
  const uint64_t num_rows = rows.size();
  const at::Device device(task.device);
  GanRandom random(task.seed, device);
  STANFLOW_ASSIGN_OR_RETURN(const std::unique_ptr<FlowGan> gan, make(std::move(rows), &random, device, stop));
  GanTrainerOptions trainer_options;
  trainer_options.max_seconds = task.max_seconds;
  trainer_options.checkpoint_path = task.checkpoint_dir + "/gan.safetensors";
  GanTrainer trainer(gan->gan(), trainer_options, &random);
  const auto progress = [&](const GanProgress& p) {
    TrainerProgress report;
    report.fraction = p.fraction;
    report.epoch = static_cast<uint32_t>(p.epoch);
    report.rows_per_second = p.rows_per_second;
    report.seconds_left = p.seconds_left;
    task.progress(report);
  };
  STANFLOW_RETURN_IF_ERROR(trainer.Train(progress, stop));
  return Publish(task, preset, options, *gan, num_rows, trainer);
}

}  // namespace

absl::StatusOr<nlohmann::json> TrainFlowGan(const TrainingTask& task, const std::string& preset,
                                            const nlohmann::json& options, uint64_t max_rows,
                                            const FlowGanMaker& make) {
  try {
    return Run(task, preset, options, max_rows, make);
  } catch (const std::exception& e) {
    return absl::InternalError(absl::StrCat("training ", preset, " on ", task.device, ": ", e.what()));
  }
}

absl::StatusOr<std::unique_ptr<Generator>> LoadFlowGan(BundleFolder folder,
                                                       const GeneratorNetOptions& options,
                                                       std::unique_ptr<const FlowRows> rows,
                                                       const std::string& device) {
  GeneratorInfo info;
  info.preset = folder.manifest.at("preset");
  info.training_hosts = folder.info.hosts;
  info.default_start_ms = folder.info.default_start_ms;
  GanRandom random(0, at::kCPU);
  GeneratorNet net(options, &random);
  STANFLOW_RETURN_IF_ERROR(LoadModule(kNet, &folder.weights, &net));
  if (!folder.weights.tensors.empty()) {
    return absl::DataLossError(
        absl::StrCat("tensor ", folder.weights.tensors.begin()->first, " belongs to nothing"));
  }
  net.eval();
  return MakeGanGenerator(net, std::move(rows), device, std::move(info));
}

}  // namespace stanflow
