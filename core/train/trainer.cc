#include "core/train/trainer.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/file.h"
#include "core/base/mutex.h"
#include "core/base/status_macros.h"
#include "core/model/bundle.h"
#include "core/model/torch_device.h"
#include "core/train/attribute_trainer.h"
#include "core/train/marginal_calibration.h"

namespace stanflow {
namespace {

constexpr uint64_t kCodecRows = 4'000'000;
// Share of the budget that goes to training proper; validations, checkpoints and calibration take the rest.
constexpr double kBudgetForTraining = 0.94;
// The calibration's rows of a round, a second of the budget.
constexpr double kCalibrationRows = 200;
constexpr double kCalibrationBegins = 0.97;  // of the progress
constexpr int kSegmentsOfBudget = 12;

// One training run. Rounds of segments: in a round every net that is not done gets one.
class Run {
 public:
  Run(const Dataset& dataset, const TrainerOptions& options,
      std::function<void(const TrainerProgress&)> progress, std::function<bool()> stop)
      : dataset_(dataset),
        options_(options),
        progress_(std::move(progress)),
        stop_(std::move(stop)),
        data_(&dataset, options.model.validation_share, options.seed) {}

  absl::StatusOr<TrainerResult> Go() {
    if (data_.training_rows() == 0) {
      return absl::FailedPreconditionError(
          absl::StrCat("dataset ", dataset_.manifest().name, " has no training rows outside its hold-out (",
                       dataset_.manifest().holdout.ToString(), "): import it with another --holdout"));
    }
    STANFLOW_RETURN_IF_ERROR(MakeDirectories(options_.checkpoint_dir));
    STANFLOW_RETURN_IF_ERROR(MakeModel());
    STANFLOW_RETURN_IF_ERROR(Restore());
    while (true) {
      std::vector<size_t> due;
      for (size_t i = 0; i < trainers_.size(); ++i) {
        if (!Done(*trainers_[i])) due.push_back(i);
      }
      if (due.empty() || (OutOfTime() && AllTrained())) break;
      Plan();
      STANFLOW_RETURN_IF_ERROR(Round(due));
    }
    return Finish();
  }

 private:
  absl::Status MakeModel() {
    const MarginalCounts counts = data_.Counts(kCodecRows);
    const StanOptions& model = options_.model;
    STANFLOW_ASSIGN_OR_RETURN(OutputSet outputs, model.preset == Preset::kPaper
                                                     ? FitPaperOutputs(counts)
                                                     : FitCausalOutputs(counts, model.mask == Mask::kA));
    model_ = std::make_unique<StanModel>(model, std::move(outputs), options_.seed);
    for (size_t i = 0; i < model_->nets.size(); ++i) {
      trainers_.push_back(std::make_unique<AttributeTrainer>(model_.get(), i, &data_, options_.seed,
                                                             at::Device(options_.device)));
    }
    return absl::OkStatus();
  }

  std::string CheckpointPath(const AttributeTrainer& trainer) const {
    return absl::StrCat(options_.checkpoint_dir, "/", trainer.name(), ".safetensors");
  }

  absl::Status Restore() {
    for (auto& trainer : trainers_) {
      const absl::Status status = trainer->LoadCheckpoint(CheckpointPath(*trainer));
      if (absl::IsNotFound(status)) continue;
      STANFLOW_RETURN_IF_ERROR(status);
    }
    MutexLock lock(&mutex_);
    for (auto& trainer : trainers_) standing_.push_back(StandingOf(*trainer));
    return absl::OkStatus();
  }

  uint64_t EpochRows() const { return data_.training_rows(); }
  uint64_t MaxRows() const { return EpochRows() * static_cast<uint64_t>(options_.model.epochs); }

  bool Done(const AttributeTrainer& trainer) const {
    return trainer.stopped_early() || trainer.rows_done() >= total_rows_;
  }

  // Trained wall time: nets run side by side, so their seconds add up to threads times it.
  double TrainedSeconds() const {
    MutexLock lock(&mutex_);
    return TrainedSecondsLocked();
  }
  double TrainedSecondsLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    double sum = 0;
    for (const Standing& s : standing_) sum += s.seconds;
    return sum / static_cast<double>(Threads());
  }
  size_t Threads() const { return std::min<size_t>(std::max(options_.threads, 1), trainers_.size()); }
  bool OutOfTime() const { return options_.max_seconds > 0 && TrainedSeconds() >= options_.max_seconds; }

  // A budget too small for every net to be trained at all is overdrawn by what that takes.
  bool AllTrained() const {
    for (const auto& trainer : trainers_) {
      if (trainer->curve().empty()) return false;
    }
    return true;
  }

  // With a budget, from what rows have cost so far: up to how many rows each net will get that has not
  // stopped early; what the others have left over is shared out. The learning rate ends there, so that time
  // runs out when training has settled.
  void Plan() {
    total_rows_ = MaxRows();
    segment_rows_ = EpochRows();
    segment_seconds_ = 1e300;
    if (options_.max_seconds <= 0) return;
    double per_row = 0, spent = 0, spent_by_live = 0;  // seconds; of one row through every live net
    for (const auto& trainer : trainers_) {
      spent += trainer->seconds();
      if (trainer->rows_done() == 0 || trainer->stopped_early()) continue;
      per_row += trainer->seconds() / static_cast<double>(trainer->rows_done());
      spent_by_live += trainer->seconds();
    }
    const double threads = static_cast<double>(Threads());
    if (!AllTrained()) {
      segment_seconds_ =
          options_.max_seconds * threads / (2.0 * kSegmentsOfBudget * static_cast<double>(trainers_.size()));
      return;
    }
    const double left = options_.max_seconds * kBudgetForTraining * threads - spent;
    const double affordable = (spent_by_live + std::max(left, 0.0)) / std::max(per_row, 1e-12);
    total_rows_ = std::min(MaxRows(), std::max<uint64_t>(static_cast<uint64_t>(affordable), 1));
    segment_rows_ = std::min(EpochRows(), std::max<uint64_t>(total_rows_ / kSegmentsOfBudget, 1));
  }

  absl::Status Round(const std::vector<size_t>& due) {
    std::atomic<size_t> next{0};
    absl::Status first_error;
    const auto work = [&] {
      MakeTorchRepeatable();
      while (true) {
        const size_t i = next.fetch_add(1);
        if (i >= due.size()) return;
        if (OutOfTime() && !trainers_[due[i]]->curve().empty()) continue;
        const absl::Status status = Segment(due[i]);
        if (status.ok()) continue;
        MutexLock lock(&mutex_);
        if (first_error.ok()) first_error = status;
        return;
      }
    };
    std::vector<std::thread> threads;
    for (size_t t = 0; t < std::min(Threads(), due.size()); ++t) threads.emplace_back(work);
    for (std::thread& t : threads) t.join();
    return first_error;
  }

  absl::Status Segment(size_t index) {
    AttributeTrainer* const trainer = trainers_[index].get();
    try {
      const uint64_t left = total_rows_ > trainer->rows_done() ? total_rows_ - trainer->rows_done() : 0;
      const absl::Status status =
          trainer->TrainSegment(std::min(segment_rows_, left), segment_seconds_, total_rows_, stop_);
      if (status.ok() || absl::IsCancelled(status)) {
        STANFLOW_RETURN_IF_ERROR(trainer->SaveCheckpoint(CheckpointPath(*trainer)));
      }
      STANFLOW_RETURN_IF_ERROR(status);
    } catch (const std::exception& e) {  // LibTorch throws; nothing above does.
      return absl::InternalError(absl::StrCat("training ", trainer->name(), ": ", e.what()));
    }
    progress_(Report(index));
    return absl::OkStatus();
  }

  TrainerProgress Report(size_t index) {
    const AttributeTrainer& trainer = *trainers_[index];
    MutexLock lock(&mutex_);
    standing_[index] = StandingOf(trainer);
    double rows = 0, goal = 0;
    for (const Standing& s : standing_) {
      rows += static_cast<double>(s.rows);
      goal += static_cast<double>(s.stopped ? s.rows : std::max(s.rows, total_rows_));
    }
    const double seconds = std::max(TrainedSecondsLocked(), 1e-9);
    TrainerProgress p;
    p.fraction = std::min(1.0, rows / std::max(goal, 1.0));
    if (options_.max_seconds > 0)
      p.fraction = std::max(p.fraction, std::min(1.0, seconds / options_.max_seconds));
    p.fraction *= kCalibrationBegins;
    p.attribute = trainer.name();
    p.epoch = static_cast<uint32_t>((trainer.rows_done() + EpochRows() - 1) / EpochRows());
    p.nats = trainer.curve().back().validation_nats;
    p.rows_per_second = rows / static_cast<double>(trainers_.size()) / seconds;
    p.seconds_left = p.fraction > 0 ? seconds * (1 - p.fraction) / p.fraction : -1;
    return p;
  }

  absl::StatusOr<TrainerResult> Finish() {
    TrainerResult result;
    result.training_rows = data_.training_rows();
    result.trained_seconds = TrainedSeconds();
    result.parameters = model_->NumParameters();
    BundleInfo info = BundleInfoOf(dataset_, options_.seed, options_.created_ms);
    double rows = 0;
    for (auto& trainer : trainers_) trainer->Finish();
    STANFLOW_RETURN_IF_ERROR(Calibrate(&info));
    result.validation_nats = MarginalNats();
    for (auto& trainer : trainers_) {
      result.validation_nats += trainer->FinishedNats();
      rows += static_cast<double>(trainer->rows_done());
      for (const CurvePoint& point : trainer->curve()) {
        info.curve.push_back({{"attribute", trainer->name()},
                              {"epoch", point.epoch},
                              {"training_nats", point.training_nats},
                              {"validation_nats", point.validation_nats}});
      }
    }
    result.rows_per_second =
        rows / static_cast<double>(trainers_.size()) / std::max(result.trained_seconds, 1e-9);
    info.training_rows = result.training_rows;
    info.validation_nats = result.validation_nats;
    info.figures["trained_seconds"] = result.trained_seconds;
    info.figures["rows_per_second"] = result.rows_per_second;
    STANFLOW_RETURN_IF_ERROR(WriteBundle(options_.bundle_dir, *model_, info));
    return result;
  }

  // Of the causal preset; the paper's keeps to what the paper does.
  absl::Status Calibrate(BundleInfo* info) {
    if (options_.model.preset == Preset::kPaper) return absl::OkStatus();
    CalibrationOptions calibration;
    calibration.seed = options_.seed;
    calibration.threads = std::max(options_.threads, 1);
    if (options_.max_seconds > 0) {
      const double rows = std::max(1.0, kCalibrationRows * options_.max_seconds);
      calibration.rows_a_round = std::min(calibration.rows_a_round, static_cast<uint64_t>(rows));
    }
    STANFLOW_ASSIGN_OR_RETURN(const std::vector<double> rounds,
                              CalibrateMarginals(dataset_, calibration, *info, stop_, model_.get()));
    info->figures["free_running_divergence"] = rounds;
    return absl::OkStatus();
  }

  // Validation nats of the outputs that no net draws.
  double MarginalNats() const {
    double nats = 0;
    for (const Piece& piece : data_.validation()) {
      uint64_t context = 0;
      for (const HostRow& row : data_.Load(piece, 0, &context)) {
        for (size_t o = 0; o < model_->heads.size(); ++o) {
          const Output& output = model_->outputs.outputs[o];
          if (output.head != HeadKind::kMarginal) continue;
          std::vector<float> shares;
          for (const float log_share : output.log_marginal) shares.push_back(std::exp(log_share));
          nats += model_->heads[o]->ExactNats(shares.data(), row);
        }
      }
    }
    return nats / static_cast<double>(std::max<uint64_t>(data_.validation_rows(), 1));
  }

  const Dataset& dataset_;
  const TrainerOptions options_;
  const std::function<void(const TrainerProgress&)> progress_;
  const std::function<bool()> stop_;
  const TrainingData data_;
  std::unique_ptr<StanModel> model_;
  std::vector<std::unique_ptr<AttributeTrainer>> trainers_;
  uint64_t total_rows_ = ~uint64_t{0}, segment_rows_ = 0;
  double segment_seconds_ = 1e300;
  // What other threads may know of each trainer while its own is at work.
  struct Standing {
    uint64_t rows = 0;
    double seconds = 0;
    bool stopped = false;
  };
  static Standing StandingOf(const AttributeTrainer& t) {
    return {t.rows_done(), t.seconds(), t.stopped_early()};
  }
  mutable Mutex mutex_;
  std::vector<Standing> standing_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

absl::StatusOr<TrainerResult> TrainModel(const Dataset& dataset, const TrainerOptions& options,
                                         const std::function<void(const TrainerProgress&)>& progress,
                                         const std::function<bool()>& stop) {
  try {
    Run run(dataset, options, progress, stop);
    return run.Go();
  } catch (const std::exception& e) {
    return absl::InternalError(absl::StrCat("training: ", e.what()));
  }
}

}  // namespace stanflow
