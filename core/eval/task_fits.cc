#include "core/eval/task_fits.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "core/base/philox.h"
#include "core/base/status_macros.h"
#include "core/base/worker_pool.h"
#include "core/eval/random_forest.h"
#include "core/eval/sampling.h"

namespace stanflow {
namespace {

constexpr uint32_t kTrainPurpose = 71, kTestPurpose = 72, kSetPurpose = 73, kAgainPurpose = 74;

std::vector<uint32_t> Choice(const std::vector<uint32_t>& pool, size_t count, uint64_t seed, uint32_t part) {
  std::vector<uint32_t> out = Choose(pool, count, {seed, kSetPurpose, part});
  for (uint64_t i = out.size(); i < count; ++i) {
    const double u = Uniform2({seed, kAgainPurpose, part, i, 0})[0];
    out.push_back(pool[static_cast<size_t>(u * pool.size())]);
  }
  return out;
}

std::vector<std::vector<uint32_t>> Parts(const EvalRows& rows, const std::vector<uint32_t>& targets,
                                         bool by_host) {
  std::vector<std::vector<uint32_t>> out(kTaskFolds);
  for (size_t i = 0; i < targets.size(); ++i)
    out[by_host ? rows.host[targets[i]] % kTaskFolds : i * kTaskFolds / targets.size()].push_back(targets[i]);
  return out;
}

size_t Smallest(const std::vector<std::vector<uint32_t>>& parts) {
  size_t out = parts[0].size();
  for (const auto& part : parts) out = std::min(out, part.size());
  return out;
}

void AppendFirst(const TaskSamples& from, size_t count, TaskSamples* out) {
  const auto begin = from.features.values.begin();
  out->features.width = from.features.width;
  out->features.values.insert(out->features.values.end(), begin, begin + count * from.features.width);
  out->targets.insert(out->targets.end(), from.targets.begin(), from.targets.begin() + count);
}

std::vector<int> Classes(const std::vector<float>& targets) { return {targets.begin(), targets.end()}; }

absl::StatusOr<double> Score(const EvalInput& input, Task task, const TaskSamples& train,
                             const TaskSamples& test, uint64_t seed) {
  if (task == Task::kProtocol) {
    STANFLOW_ASSIGN_OR_RETURN(const std::vector<int> predicted,
                              RandomForestClasses(train.features, Classes(train.targets), test.features,
                                                  {input.options.tasks.trees, seed}));
    return MacroF1(Classes(test.targets), predicted);
  }
  STANFLOW_ASSIGN_OR_RETURN(const std::vector<float> predicted,
                            (*input.regressor)(train.features, train.targets, test.features, seed));
  double squares = 0;
  for (size_t i = 0; i < predicted.size(); ++i) {
    const double error = static_cast<double>(predicted[i]) - test.targets[i];
    squares += error * error;
  }
  return squares / predicted.size();
}

}  // namespace

TaskFolds MakeTaskFolds(const EvalInput& input, Task task) {
  const TaskRows rows(*input.real, task);
  const std::vector<uint32_t>& all = rows.targets();
  TaskFolds out;
  if (all.size() < kTaskFolds * kTaskFolds) return out;
  const auto begin_of = [&](uint32_t fold) { return all.begin() + all.size() * fold / kTaskFolds; };
  std::vector<std::vector<uint32_t>> train;
  for (uint32_t fold = 0; fold < kTaskFolds; ++fold) {
    train.emplace_back(all.begin(), begin_of(fold));
    train.back().insert(train.back().end(), begin_of(fold + 1), all.end());
  }
  out.rows_per_fit = std::min(input.options.tasks.rows_per_fit, Smallest(train));
  for (uint32_t fold = 0; fold < kTaskFolds; ++fold) {
    const std::vector<uint32_t> test(begin_of(fold), begin_of(fold + 1));
    const uint64_t seed = input.options.seed;
    rows.Append(Choose(train[fold], out.rows_per_fit, {seed, kTrainPurpose, fold}),
                &out.train.emplace_back());
    rows.Append(Choose(test, input.options.tasks.test_rows, {seed, kTestPurpose, fold}),
                &out.test.emplace_back());
  }
  return out;
}

TaskSets MakeTaskSets(const EvalRows& rows, Task task, size_t count, uint64_t seed) {
  const TaskRows from(rows, task);
  TaskSets out;
  if (from.targets().size() < kTaskFolds) return out;
  auto parts = Parts(rows, from.targets(), /*by_host=*/true);
  out.by_host = Smallest(parts) > 0;
  if (!out.by_host) parts = Parts(rows, from.targets(), /*by_host=*/false);
  out.smallest = Smallest(parts);
  for (uint32_t k = 0; k < kTaskFolds; ++k)
    from.Append(Choice(parts[k], count, seed, k), &out.sets.emplace_back());
  return out;
}

absl::StatusOr<std::vector<double>> RunTaskFits(const EvalInput& input, Task task, const TaskFolds& folds,
                                                const std::vector<TaskFit>& fits) {
  std::vector<double> scores(fits.size());
  std::atomic<size_t> done = 0;
  WorkerPool pool(input.options.threads);
  STANFLOW_RETURN_IF_ERROR(pool.RunUntilError(fits.size(), [&](size_t i) -> absl::Status {
    if (input.stop_requested && input.stop_requested())
      return absl::CancelledError("stopped while measuring");
    const TaskFit& fit = fits[i];
    TaskSamples train;
    AppendFirst(folds.train[fit.fold], fit.real_rows, &train);
    if (fit.fill != nullptr) AppendFirst(*fit.fill, folds.rows_per_fit - fit.real_rows, &train);
    STANFLOW_ASSIGN_OR_RETURN(scores[i], Score(input, task, train, folds.test[fit.fold], fit.seed));
    if (input.progress) input.progress(static_cast<double>(++done) / fits.size());
    return absl::OkStatus();
  }));
  return scores;
}

}  // namespace stanflow
