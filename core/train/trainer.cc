#include "core/train/trainer.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/generate/causal_generator.h"
#include "core/model/bundle.h"
#include "core/train/own_rows.h"
#include "core/train/training_run.h"

namespace stanflow {
namespace {

// What of the budget, and of the planned passes, the second stage gets.
constexpr double kSecondShare = 0.25;
int SecondEpochs(int epochs) { return (epochs + 4) / 5; }
constexpr uint64_t kMaxOwnRows = 4'000'000;
// Drawing takes a part of the second stage's time only: a core draws some 20,000 a second.
constexpr double kOwnRowsASecond = 5000;
constexpr double kSecondBegins = 0.8;  // of the progress

using Progress = std::function<void(const TrainerProgress&)>;
using Stop = std::function<bool()>;

// Both stages of a causal training.
class TwoStages {
 public:
  TwoStages(const Dataset& dataset, const TrainerOptions& options, const Progress& progress, const Stop& stop)
      : dataset_(dataset),
        options_(options),
        progress_(progress),
        stop_(stop),
        first_dir_(options.checkpoint_dir + "/first_model") {}

  absl::StatusOr<TrainerResult> Go() {
    absl::StatusOr<Bundle> first = ReadBundle(first_dir_, options_.model.preset);
    if (absl::IsNotFound(first.status())) {
      STANFLOW_RETURN_IF_ERROR(First());
      first = ReadBundle(first_dir_, options_.model.preset);
    }
    STANFLOW_RETURN_IF_ERROR(first.status());
    return Second(*std::move(first));
  }

 private:
  absl::Status First() {
    TrainingStage stage;
    stage.checkpoint_dir = options_.checkpoint_dir;
    stage.bundle_dir = first_dir_;
    stage.epochs = options_.model.epochs;
    stage.max_seconds = options_.max_seconds * (1 - kSecondShare);
    stage.progress_end = kSecondBegins;
    return TrainingRun(dataset_, options_, std::move(stage), progress_, stop_).Go().status();
  }

  absl::StatusOr<TrainerResult> Second(Bundle first) {
    const double first_seconds = first.info.figures.at("trained_seconds").get<double>();
    const auto began = std::chrono::steady_clock::now();
    STANFLOW_ASSIGN_OR_RETURN(const OwnRows own_rows, DrawOwnRows(first_seconds));
    const std::chrono::duration<double> drawing = std::chrono::steady_clock::now() - began;
    TrainingStage stage;
    stage.checkpoint_dir = options_.checkpoint_dir + "/second";
    stage.bundle_dir = options_.bundle_dir;
    stage.epochs = SecondEpochs(options_.model.epochs);
    stage.seconds_before = first_seconds + drawing.count();
    // However little is left: at least a turn for every net.
    if (options_.max_seconds > 0)
      stage.max_seconds = std::max(options_.max_seconds - stage.seconds_before, 1e-9);
    stage.progress_begin = kSecondBegins;
    stage.first = std::move(first);
    stage.own_rows = &own_rows;
    return TrainingRun(dataset_, options_, std::move(stage), progress_, stop_).Go();
  }

  absl::StatusOr<OwnRows> DrawOwnRows(double first_seconds) const {
    uint64_t max_rows = kMaxOwnRows;
    if (options_.max_seconds > 0) {
      const double left = std::max(options_.max_seconds - first_seconds, 1.0);
      max_rows = std::min(max_rows, static_cast<uint64_t>(kOwnRowsASecond * left));
    }
    STANFLOW_ASSIGN_OR_RETURN(Bundle bundle, ReadBundle(first_dir_, options_.model.preset));
    STANFLOW_ASSIGN_OR_RETURN(const std::unique_ptr<Generator> generator,
                              MakeCausalGenerator(std::move(bundle), "cpu", CausalEngine::kOwn));
    return OwnRows::Draw(*generator, dataset_, max_rows, options_.seed, std::max(options_.threads, 1), stop_);
  }

  const Dataset& dataset_;
  const TrainerOptions& options_;
  const Progress& progress_;
  const Stop& stop_;
  const std::string first_dir_;
};

absl::StatusOr<TrainerResult> TrainOnce(const Dataset& dataset, const TrainerOptions& options,
                                        const Progress& progress, const Stop& stop) {
  TrainingStage stage;
  stage.checkpoint_dir = options.checkpoint_dir;
  stage.bundle_dir = options.bundle_dir;
  stage.epochs = options.model.epochs;
  stage.max_seconds = options.max_seconds;
  return TrainingRun(dataset, options, std::move(stage), progress, stop).Go();
}

}  // namespace

absl::StatusOr<TrainerResult> TrainModel(const Dataset& dataset, const TrainerOptions& options,
                                         const Progress& progress, const Stop& stop) {
  try {
    return options.model.preset == Preset::kPaper ? TrainOnce(dataset, options, progress, stop)
                                                  : TwoStages(dataset, options, progress, stop).Go();
  } catch (const std::exception& e) {
    return absl::InternalError(absl::StrCat("training: ", e.what()));
  }
}

}  // namespace stanflow
