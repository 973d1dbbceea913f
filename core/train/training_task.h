#ifndef STANFLOW_CORE_TRAIN_TRAINING_TASK_H_
#define STANFLOW_CORE_TRAIN_TRAINING_TASK_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "core/dataset/dataset.h"

namespace stanflow {

struct TrainerProgress {
  double fraction = 0;         // 0 to 1
  std::string attribute;       // whose segment just ended; empty for a kind that trains all at once
  uint32_t epoch = 0;          // its passes begun, 1 is the first
  double nats = 0;             // its validation nats per row, exact (docs/measures.md); 0: has none
  double rows_per_second = 0;  // rows through all nets, whole rows
  double seconds_left = -1;    // below 0: not known
};

// One training, of whatever kind of model. The dataset outlives it.
struct TrainingTask {
  const Dataset* dataset = nullptr;
  std::map<std::string, std::string> options;  // the kind's own, as the request gave them
  uint64_t seed = 0;
  // Budget of trained wall time over all attempts, seconds; 0: none. b1 and b2 have none: they take the few
  // passes over the rows that they take.
  double max_seconds = 0;
  // Compute threads at most: how many never changes the result.
  int threads = 1;
  std::string device = "cpu";
  std::string checkpoint_dir;  // made if missing; what is there is continued from
  std::string bundle_dir;      // must not exist
  int64_t created_ms = 0;      // goes into the manifest
  // Neither is ever null; both are called from any thread, from several at once.
  std::function<void(const TrainerProgress&)> progress = [](const TrainerProgress&) {};
  std::function<bool()> stop_requested = [] { return false; };
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_TRAIN_TRAINING_TASK_H_
