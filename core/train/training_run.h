#ifndef STANFLOW_CORE_TRAIN_TRAINING_RUN_H_
#define STANFLOW_CORE_TRAIN_TRAINING_RUN_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/mutex.h"
#include "core/model/bundle.h"
#include "core/train/attribute_trainer.h"
#include "core/train/own_rows.h"
#include "core/train/trainer.h"
#include "core/train/training_data.h"

namespace stanflow {

// What a stage of a training starts from and may take.
struct TrainingStage {
  std::string checkpoint_dir;  // made if missing; what is there is continued from
  std::string bundle_dir;      // must not exist
  int epochs = 0;
  double max_seconds = 0;  // of trained wall time over all attempts; 0: none
  // Part of the whole training's progress that this stage is, and seconds that were spent before it.
  double progress_begin = 0, progress_end = 1, seconds_before = 0;
  // The second stage's: the first one's model, whose curve and figures are continued, and its own rows.
  std::optional<Bundle> first;
  const OwnRows* own_rows = nullptr;
};

// One stage: rounds of segments, in each of which every net that is not done gets one, until epochs, early
// stopping or the budget end it. Used once, by one thread; calls `progress` and `stop` from several.
class TrainingRun {
 public:
  // The references must outlive it.
  TrainingRun(const Dataset& dataset, const TrainerOptions& options, TrainingStage stage,
              const std::function<void(const TrainerProgress&)>& progress, const std::function<bool()>& stop);

  // Trains and writes the bundle. Errors as TrainModel's. LibTorch may throw.
  absl::StatusOr<TrainerResult> Go();

 private:
  // What other threads may know of each trainer while its own is at work.
  struct Standing {
    uint64_t rows = 0;
    double seconds = 0;
    bool stopped = false;
  };
  static Standing StandingOf(const AttributeTrainer& t) {
    return {t.rows_done(), t.seconds(), t.stopped_early()};
  }

  absl::Status MakeModel();
  absl::Status FitModel();
  absl::Status Restore();
  void Plan();
  absl::Status Round(const std::vector<size_t>& due);
  absl::Status Segment(size_t index);
  TrainerProgress Report(size_t index);
  absl::StatusOr<TrainerResult> Finish();
  void AppendCurve(const AttributeTrainer& trainer, BundleInfo* info) const;
  double MarginalNats() const;

  std::string CheckpointPath(const AttributeTrainer& trainer) const;
  uint64_t EpochRows() const { return data_.training_rows(); }
  uint64_t MaxRows() const { return EpochRows() * static_cast<uint64_t>(stage_.epochs); }
  bool Done(const AttributeTrainer& trainer) const {
    return trainer.stopped_early() || trainer.rows_done() >= total_rows_;
  }
  // Trained wall time: nets run side by side, so their seconds add up to threads times it.
  double TrainedSeconds() const;
  double TrainedSecondsLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  size_t Threads() const;
  bool OutOfTime() const { return stage_.max_seconds > 0 && TrainedSeconds() >= stage_.max_seconds; }
  bool AllTrained() const;

  const Dataset& dataset_;
  const TrainerOptions& options_;
  TrainingStage stage_;
  const std::function<void(const TrainerProgress&)>& progress_;
  const std::function<bool()>& stop_;
  const TrainingData data_;
  std::unique_ptr<StanModel> model_;
  std::vector<std::unique_ptr<AttributeTrainer>> trainers_;
  uint64_t total_rows_ = ~uint64_t{0}, segment_rows_ = 0;
  double segment_seconds_ = 1e300;
  mutable Mutex mutex_;
  std::vector<Standing> standing_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_TRAIN_TRAINING_RUN_H_
