#ifndef STANFLOW_CORE_EVAL_TASK_FITS_H_
#define STANFLOW_CORE_EVAL_TASK_FITS_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "core/eval/metric.h"
#include "core/eval/task_samples.h"

namespace stanflow {

inline constexpr uint32_t kTaskFolds = 5;

// Five contiguous stretches of the real rows in order of time, each a test set once.
struct TaskFolds {
  size_t rows_per_fit = 0;         // rows in each of `train`: one size
  std::vector<TaskSamples> train;  // random rows of the other four stretches, in random order
  std::vector<TaskSamples> test;   // random rows of the stretch
};

// None with fewer than 25 rows to ask for.
TaskFolds MakeTaskFolds(const EvalInput& input, Task task);

// Five disjoint parts of another set, `count` random rows of each in random order; a smaller part gives its
// rows again and again. A part is the hosts whose index is k modulo 5, or with fewer hosts than that a
// stretch of time. Empty where a part would be.
struct TaskSets {
  std::vector<TaskSamples> sets;
  size_t smallest = 0;  // rows that there are in the smallest part
  bool by_host = true;
};

TaskSets MakeTaskSets(const EvalRows& rows, Task task, size_t count, uint64_t seed);

// One learner: fold `fold`'s first `real_rows` training rows and the first of `fill`, so many that there are
// rows_per_fit in all (none where `fill` is null), tested on the fold.
struct TaskFit {
  uint32_t fold = 0;
  size_t real_rows = 0;
  const TaskSamples* fill = nullptr;
  uint64_t seed = 0;
};

// Macro F1 of Task::kProtocol, mean squared error of Task::kBytes; one a fit, whatever the number of threads.
// CANCELLED when asked to stop.
absl::StatusOr<std::vector<double>> RunTaskFits(const EvalInput& input, Task task, const TaskFolds& folds,
                                                const std::vector<TaskFit>& fits);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_TASK_FITS_H_
