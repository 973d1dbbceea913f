#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/kinds/model_kind.h"
#include "server/worker/job_handler.h"

namespace stanflow {
namespace {

JobProgress ProgressOf(const TrainerProgress& from) {
  JobProgress progress;
  progress.fraction = from.fraction;
  progress.phase = "training";
  progress.attribute = from.attribute;
  progress.epoch = from.epoch;
  progress.nats = from.nats;
  progress.rows_per_second = from.rows_per_second;
  progress.seconds_left = from.seconds_left;
  return progress;
}

absl::StatusOr<TrainingTask> TaskOf(const JobContext& context) {
  TrainingTask task;
  try {
    task.options = context.spec.at("options").get<std::map<std::string, std::string>>();
    task.seed = context.spec.at("seed");
    task.max_seconds = 60 * context.spec.at("max_minutes").get<double>();
  } catch (const nlohmann::json::exception& e) {
    return absl::InvalidArgumentError(StrCat("train job: ", e.what()));
  }
  task.threads = context.threads;
  task.device = context.device;
  task.checkpoint_dir = context.job_dir + "/checkpoint";
  task.bundle_dir = context.job_dir + "/out/bundle";
  task.created_ms = Clock::Real().NowMs();
  task.progress = [&context](const TrainerProgress& progress) { context.progress(ProgressOf(progress)); };
  task.stop_requested = context.stop_requested;
  return task;
}

}  // namespace

absl::StatusOr<nlohmann::json> RunTrainJob(const JobContext& context) {
  STANFLOW_ASSIGN_OR_RETURN(const ModelKind* kind, FindModelKind(context.spec.value("preset", "")));
  STANFLOW_ASSIGN_OR_RETURN(TrainingTask task, TaskOf(context));
  const std::string dataset_name = context.spec.value("dataset", "");
  STANFLOW_ASSIGN_OR_RETURN(const auto dataset,
                            Dataset::Open(context.data_dir + "/datasets/" + dataset_name));
  task.dataset = dataset.get();
  // A bundle without SUCCEEDED is of an attempt that died before it was published.
  STANFLOW_RETURN_IF_ERROR(RemoveAll(task.bundle_dir));
  STANFLOW_RETURN_IF_ERROR(MakeDirectories(context.job_dir + "/out"));
  return kind->train(task);
}

}  // namespace stanflow
