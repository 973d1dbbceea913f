#ifndef STANFLOW_CORE_TRAIN_TRAINER_H_
#define STANFLOW_CORE_TRAIN_TRAINER_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/dataset/dataset.h"
#include "core/model/options.h"
#include "core/train/training_task.h"

namespace stanflow {

struct TrainerOptions {
  StanOptions model;
  uint64_t seed = 0;
  // Budget of trained wall time over all attempts, seconds; 0: epochs and early stopping end it. Every net
  // is trained for a while at least, however small it is.
  double max_seconds = 0;
  // Attributes trained at once, each by one thread: how many never changes the weights.
  int threads = 1;
  std::string device = "cpu";
  std::string checkpoint_dir;  // made if missing; what is there is continued from
  std::string bundle_dir;      // must not exist
  int64_t created_ms = 0;      // goes into the manifest
};

struct TrainerResult {
  double validation_nats = 0;  // per row, all attributes, exact
  double trained_seconds = 0;
  double rows_per_second = 0;
  uint64_t training_rows = 0;
  int64_t parameters = 0;
};

// Trains a STAN model on a dataset's training part and writes its bundle: fits codecs, then
// gives every attribute's net (a task of its own, STAN section 4.2) a segment of training in
// turn until epochs, early stopping or the budget end it; the causal preset's marginals are then calibrated
// as it runs free (marginal_calibration.h). After every segment the net's whole
// state is checkpointed. Without a budget, a run that was killed and continued gives the
// weights of an unbroken one on the same kind of device. CANCELLED, with everything
// checkpointed, once `stop` answers true. `progress` and `stop` are never null and are called
// from several threads at once.
absl::StatusOr<TrainerResult> TrainModel(const Dataset& dataset, const TrainerOptions& options,
                                         const std::function<void(const TrainerProgress&)>& progress,
                                         const std::function<bool()>& stop);

}  // namespace stanflow

#endif  // STANFLOW_CORE_TRAIN_TRAINER_H_
