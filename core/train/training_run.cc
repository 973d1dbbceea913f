#include "core/train/training_run.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/model/torch_device.h"

namespace stanflow {
namespace {

constexpr uint64_t kCodecRows = 4'000'000;
// Share of the budget that goes to training proper; validations and checkpoints take the rest.
constexpr double kBudgetForTraining = 0.97;
constexpr int kSegmentsOfBudget = 12;

}  // namespace

TrainingRun::TrainingRun(const Dataset& dataset, const TrainerOptions& options, TrainingStage stage,
                         const std::function<void(const TrainerProgress&)>& progress,
                         const std::function<bool()>& stop)
    : dataset_(dataset),
      options_(options),
      stage_(std::move(stage)),
      progress_(progress),
      stop_(stop),
      data_(&dataset, options.model.validation_share, options.seed) {}

absl::StatusOr<TrainerResult> TrainingRun::Go() {
  if (data_.training_rows() == 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("dataset ", dataset_.manifest().name, " has no training rows outside its hold-out (",
                     dataset_.manifest().holdout.ToString(), "): import it with another --holdout"));
  }
  STANFLOW_RETURN_IF_ERROR(MakeDirectories(stage_.checkpoint_dir));
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

absl::Status TrainingRun::MakeModel() {
  if (stage_.first) {
    model_ = std::move(stage_.first->model);
    for (const auto& net : model_->nets) net->train();
  } else {
    STANFLOW_RETURN_IF_ERROR(FitModel());
  }
  for (size_t i = 0; i < model_->nets.size(); ++i) {
    trainers_.push_back(std::make_unique<AttributeTrainer>(model_.get(), i, &data_, stage_.own_rows,
                                                           options_.seed, at::Device(options_.device)));
  }
  return absl::OkStatus();
}

absl::Status TrainingRun::FitModel() {
  const MarginalCounts counts = data_.Counts(kCodecRows);
  const StanOptions& model = options_.model;
  STANFLOW_ASSIGN_OR_RETURN(OutputSet outputs, model.preset == Preset::kPaper
                                                   ? FitPaperOutputs(counts)
                                                   : FitCausalOutputs(counts, model.mask == Mask::kA));
  model_ = std::make_unique<StanModel>(model, std::move(outputs), options_.seed);
  return absl::OkStatus();
}

std::string TrainingRun::CheckpointPath(const AttributeTrainer& trainer) const {
  return absl::StrCat(stage_.checkpoint_dir, "/", trainer.name(), ".safetensors");
}

absl::Status TrainingRun::Restore() {
  for (auto& trainer : trainers_) {
    const absl::Status status = trainer->LoadCheckpoint(CheckpointPath(*trainer));
    if (absl::IsNotFound(status)) continue;
    STANFLOW_RETURN_IF_ERROR(status);
  }
  MutexLock lock(&mutex_);
  for (auto& trainer : trainers_) standing_.push_back(StandingOf(*trainer));
  return absl::OkStatus();
}

double TrainingRun::TrainedSeconds() const {
  MutexLock lock(&mutex_);
  return TrainedSecondsLocked();
}

double TrainingRun::TrainedSecondsLocked() const {
  double sum = 0;
  for (const Standing& s : standing_) sum += s.seconds;
  return sum / static_cast<double>(Threads());
}

size_t TrainingRun::Threads() const {
  return std::min<size_t>(std::max(options_.threads, 1), trainers_.size());
}

// A budget too small for every net to be trained at all is overdrawn by what that takes.
bool TrainingRun::AllTrained() const {
  for (const auto& trainer : trainers_) {
    if (trainer->curve().empty()) return false;
  }
  return true;
}

// With a budget, from what rows have cost so far: up to how many rows each net will get that has not
// stopped early; what the others have left over is shared out. The learning rate ends there, so that time
// runs out when training has settled.
void TrainingRun::Plan() {
  total_rows_ = MaxRows();
  segment_rows_ = EpochRows();
  segment_seconds_ = 1e300;
  if (stage_.max_seconds <= 0) return;
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
        stage_.max_seconds * threads / (2.0 * kSegmentsOfBudget * static_cast<double>(trainers_.size()));
    return;
  }
  const double left = stage_.max_seconds * kBudgetForTraining * threads - spent;
  const double affordable = (spent_by_live + std::max(left, 0.0)) / std::max(per_row, 1e-12);
  total_rows_ = std::min(MaxRows(), std::max<uint64_t>(static_cast<uint64_t>(affordable), 1));
  segment_rows_ = std::min(EpochRows(), std::max<uint64_t>(total_rows_ / kSegmentsOfBudget, 1));
}

absl::Status TrainingRun::Round(const std::vector<size_t>& due) {
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

absl::Status TrainingRun::Segment(size_t index) {
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

TrainerProgress TrainingRun::Report(size_t index) {
  const AttributeTrainer& trainer = *trainers_[index];
  MutexLock lock(&mutex_);
  standing_[index] = StandingOf(trainer);
  double rows = 0, goal = 0;
  for (const Standing& s : standing_) {
    rows += static_cast<double>(s.rows);
    goal += static_cast<double>(s.stopped ? s.rows : std::max(s.rows, total_rows_));
  }
  const double seconds = std::max(TrainedSecondsLocked(), 1e-9);
  double fraction = std::min(1.0, rows / std::max(goal, 1.0));
  if (stage_.max_seconds > 0) fraction = std::max(fraction, std::min(1.0, seconds / stage_.max_seconds));
  TrainerProgress p;
  p.fraction = stage_.progress_begin + fraction * (stage_.progress_end - stage_.progress_begin);
  p.attribute = trainer.name();
  p.epoch = static_cast<uint32_t>((trainer.rows_done() + EpochRows() - 1) / EpochRows());
  p.nats = trainer.curve().back().validation_nats;
  p.rows_per_second = rows / static_cast<double>(trainers_.size()) / seconds;
  p.seconds_left = p.fraction > 0 ? (stage_.seconds_before + seconds) * (1 - p.fraction) / p.fraction : -1;
  return p;
}

absl::StatusOr<TrainerResult> TrainingRun::Finish() {
  TrainerResult result;
  result.training_rows = data_.training_rows();
  result.trained_seconds = TrainedSeconds();
  result.parameters = model_->NumParameters();
  BundleInfo info = BundleInfoOf(dataset_, options_.seed, options_.created_ms);
  double rows = 0;  // through all nets
  if (stage_.first) {
    info.curve = stage_.first->info.curve;
    const nlohmann::json& figures = stage_.first->info.figures;
    rows = figures.at("rows_per_second").get<double>() * figures.at("trained_seconds").get<double>();
    result.trained_seconds += stage_.seconds_before;
  }
  result.validation_nats = MarginalNats();
  for (auto& trainer : trainers_) {
    trainer->Finish();
    result.validation_nats += trainer->best_nats();
    rows += static_cast<double>(trainer->rows_done()) / static_cast<double>(trainers_.size());
    AppendCurve(*trainer, &info);
  }
  result.rows_per_second = rows / std::max(result.trained_seconds, 1e-9);
  info.training_rows = result.training_rows;
  info.validation_nats = result.validation_nats;
  info.figures = {{"trained_seconds", result.trained_seconds}, {"rows_per_second", result.rows_per_second}};
  STANFLOW_RETURN_IF_ERROR(WriteBundle(stage_.bundle_dir, *model_, info));
  return result;
}

// Behind the first stage's points of the same net, if there are any.
void TrainingRun::AppendCurve(const AttributeTrainer& trainer, BundleInfo* info) const {
  double before = 0;  // epochs
  for (const nlohmann::json& point : info->curve) {
    if (point.at("attribute") == trainer.name()) before = point.at("epoch").get<double>();
  }
  for (const CurvePoint& point : trainer.curve()) {
    info->curve.push_back({{"attribute", trainer.name()},
                           {"epoch", before + point.epoch},
                           {"training_nats", point.training_nats},
                           {"validation_nats", point.validation_nats}});
  }
}

// Validation nats of the outputs that no net draws.
double TrainingRun::MarginalNats() const {
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

}  // namespace stanflow
