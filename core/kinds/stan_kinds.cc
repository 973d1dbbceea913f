#include "core/base/status_macros.h"
#include "core/generate/causal_generator.h"
#include "core/generate/paper_generator.h"
#include "core/generate/torch_scorer.h"
#include "core/kinds/model_kind.h"
#include "core/model/bundle.h"
#include "core/train/trainer.h"

namespace stanflow {
namespace {

template <Preset preset>
absl::StatusOr<nlohmann::json> CompleteOptions(const std::map<std::string, std::string>& settings) {
  STANFLOW_ASSIGN_OR_RETURN(const StanOptions options, ParseTrainOptions(preset, settings));
  return options.ToJson();
}

template <Preset preset>
absl::StatusOr<nlohmann::json> Train(const TrainingTask& task) {
  TrainerOptions options;
  STANFLOW_ASSIGN_OR_RETURN(options.model, ParseTrainOptions(preset, task.options));
  options.seed = task.seed;
  options.max_seconds = task.max_seconds;
  options.threads = task.threads;
  options.device = task.device;
  options.checkpoint_dir = task.checkpoint_dir;
  options.bundle_dir = task.bundle_dir;
  options.created_ms = task.created_ms;
  STANFLOW_ASSIGN_OR_RETURN(const TrainerResult result,
                            TrainModel(*task.dataset, options, task.progress, task.stop_requested));
  return nlohmann::json{{"validation_nats", result.validation_nats},
                        {"trained_seconds", result.trained_seconds},
                        {"rows_per_second", result.rows_per_second},
                        {"training_rows", result.training_rows},
                        {"parameters", result.parameters}};
}

absl::StatusOr<std::unique_ptr<Generator>> LoadCausal(const std::string& bundle_dir,
                                                      const std::string& device) {
  STANFLOW_ASSIGN_OR_RETURN(Bundle bundle, ReadBundle(bundle_dir, Preset::kCausal));
  return MakeCausalGenerator(std::move(bundle), device, CausalEngineOf(device));
}

absl::StatusOr<std::unique_ptr<Generator>> LoadPaper(const std::string& bundle_dir,
                                                     const std::string& device) {
  STANFLOW_ASSIGN_OR_RETURN(Bundle bundle, ReadBundle(bundle_dir, Preset::kPaper));
  return MakePaperGenerator(std::move(bundle), device);
}

template <Preset preset>
absl::StatusOr<std::unique_ptr<Scorer>> LoadScorer(const std::string& bundle_dir, const std::string& device) {
  STANFLOW_ASSIGN_OR_RETURN(Bundle bundle, ReadBundle(bundle_dir, preset));
  return MakeTorchScorer(std::move(bundle), device);
}

}  // namespace

const ModelKind kCausalKind = {
    "causal",   "STAN over each host's whole past", CompleteOptions<Preset::kCausal>, Train<Preset::kCausal>,
    LoadCausal, LoadScorer<Preset::kCausal>};

const ModelKind kPaperKind = {
    "paper",   "STAN as published",       CompleteOptions<Preset::kPaper>, Train<Preset::kPaper>,
    LoadPaper, LoadScorer<Preset::kPaper>};

}  // namespace stanflow
