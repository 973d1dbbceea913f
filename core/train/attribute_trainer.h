#ifndef STANFLOW_CORE_TRAIN_ATTRIBUTE_TRAINER_H_
#define STANFLOW_CORE_TRAIN_ATTRIBUTE_TRAINER_H_

#include <torch/optim/optimizer.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/bundle/safetensors.h"
#include "core/model/stan_model.h"
#include "core/train/training_data.h"

namespace stanflow {

struct CurvePoint {
  double epoch = 0;                               // passes over the training rows so far
  double training_nats = 0, validation_nats = 0;  // per row, of the attribute
};

// Trains one net (algorithm 1 of the paper, for one attribute). Everything that decides the
// next step is in the checkpoint: weights, optimiser, position in the data, best weights so
// far. The order of the data is a function of (seed, epoch), so that a run continued from a
// checkpoint gives the weights of an unbroken one. One thread at a time; different nets of a
// model may be trained by different threads at once.
class AttributeTrainer {
 public:
  // Both outlive it. `net` is the index into model->nets.
  AttributeTrainer(StanModel* model, int net, const TrainingData* data, uint64_t seed,
                   const at::Device& device);
  ~AttributeTrainer();

  // Trains until `max_rows` more rows, or `max_seconds`, whichever comes first, then validates; a
  // segment that was cancelled is first trained to its end, so that validations fall where an unbroken
  // run has them. `total_rows` is where the learning rate ends. CANCELLED once `stop` answers true
  // (checked each step; the state is then at a step's end). A loss that is no number goes back to the
  // segment's start with half the rate, three times; then INTERNAL names attribute and step.
  absl::Status TrainSegment(uint64_t max_rows, double max_seconds, uint64_t total_rows,
                            const std::function<bool()>& stop);

  // Early stopping: after `patience` validations in a row without gain a causal net goes back to its best
  // weights and settles (rate_schedule.h); then, or at once with the paper preset, it has stopped.
  bool stopped_early() const;
  // Puts the best weights into the net and leaves it in eval mode on the CPU.
  void Finish();
  // Exact nats a row over the validation rows with the weights as they are now. After Finish, and leaves the
  // net as that does.
  double FinishedNats();

  const std::string& name() const;
  uint64_t rows_done() const { return state_.rows_done; }
  double seconds() const { return state_.seconds; }  // trained, over all attempts
  double best_nats() const { return state_.best_nats; }
  const std::vector<CurvePoint>& curve() const { return state_.curve; }

  absl::Status SaveCheckpoint(const std::string& path);
  // NOT_FOUND if there is none; DATA_LOSS names one that is damaged or of another net, and leaves the trainer
  // of no use.
  absl::Status LoadCheckpoint(const std::string& path);

 private:
  struct State {
    uint64_t rows_done = 0, steps = 0;
    uint64_t epoch = 0, position = 0;  // next item of the epoch's order
    double seconds = 0;
    double best_nats = 1e300;
    int validations_without_gain = 0;
    int halvings = 0;
    uint64_t settle_begin = 0, settle_end = 0;  // see RatePoint
    // The segment in progress: where it ends (rows_done: there is none), what it has summed so far.
    uint64_t segment_end = 0, segment_rows = 0;
    double segment_nats = 0;
    std::vector<CurvePoint> curve;
  };
  struct LossBatch {
    RowBatch batch;
    at::Tensor weight;               // [n]: 0 for context rows
    uint64_t rows = 0;               // that count
    std::vector<HostRow> host_rows;  // of pieces: all n of them
  };

  LossBatch NextBatch();
  LossBatch PieceBatch();
  LossBatch WindowBatch();
  LossBatch FromPieces(const std::vector<Piece>& pieces);
  at::Tensor RowLoss(const RowBatch& batch);
  void SetLearningRate(uint64_t total_rows);
  absl::Status Step(uint64_t total_rows);
  absl::StatusOr<double> RunSegment(double max_seconds, uint64_t total_rows,
                                    const std::function<bool()>& stop);
  double Validate();
  double ExactNats(const LossBatch& batch);
  void Judge(double validation);
  void KeepBest();
  void RestoreBest();
  void MakeOptimizer();
  // The checkpoint's bytes. LoadFromString names what is wrong with them as `source`.
  absl::StatusOr<std::string> SaveToString();
  absl::Status LoadFromString(const std::string& bytes, const std::string& source);
  // Throws what nlohmann, LibTorch and std::map throw for a file that this class did not write.
  absl::Status LoadFromFile(TensorFile file);

  StanModel* const model_;
  const std::shared_ptr<AttributeNet> net_;
  const TrainingData* const data_;
  const uint64_t seed_;
  const at::Device device_;
  std::unique_ptr<torch::optim::Optimizer> optimizer_;
  std::vector<double> peak_rates_;  // one a parameter group
  State state_;
  std::map<std::string, at::Tensor> best_;
  // The permuted order of `order_epoch_`.
  std::vector<uint32_t> order_;
  uint64_t order_epoch_ = ~uint64_t{0};
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_TRAIN_ATTRIBUTE_TRAINER_H_
