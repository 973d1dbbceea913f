#ifndef STANFLOW_CORE_EVAL_TASK_SAMPLES_H_
#define STANFLOW_CORE_EVAL_TASK_SAMPLES_H_

#include <cstdint>
#include <vector>

#include "core/eval/eval_rows.h"
#include "core/eval/feature_matrix.h"
#include "core/eval/host_hours.h"

namespace stanflow {

// What a learner is asked of a host's earlier rows (the paper's Figures 6 and 7).
enum class Task {
  // From the previous row's bytes, packets and protocol as one of three (5 numbers): the row's protocol
  // class,
  // 0 TCP, 1 UDP, 2 any other.
  kProtocol,
  // From duration in seconds, local port, remote port, protocol class and ln(bytes + 1) of the five previous
  // rows, the nearest first (25 numbers): the row's ln bytes; no bytes count as one.
  kBytes,
};

struct TaskSamples {
  FeatureMatrix features;
  std::vector<float> targets;
};

// One set's rows that a task may ask for. Thread-safe once made.
class TaskRows {
 public:
  // `rows` must outlive this.
  TaskRows(const EvalRows& rows, Task task);

  // In order of time: the rows that have as many earlier rows in their host-hour as the task looks at.
  const std::vector<uint32_t>& targets() const { return targets_; }
  // Adds what the task shows and asks of each of `chosen`, which are among targets().
  void Append(const std::vector<uint32_t>& chosen, TaskSamples* out) const;

 private:
  const EvalRows* rows_;
  Task task_;
  HostHourOrder order_;
  std::vector<uint32_t> targets_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_TASK_SAMPLES_H_
