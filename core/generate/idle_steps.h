#ifndef STANFLOW_CORE_GENERATE_IDLE_STEPS_H_
#define STANFLOW_CORE_GENERATE_IDLE_STEPS_H_

#include <memory>
#include <utility>
#include <vector>

#include "core/base/mutex.h"
#include "core/generate/causal_math.h"

namespace stanflow {

// Scratch memory of steps that nobody takes right now: as many as calls were ever made at once. Thread-safe.
class IdleSteps {
 public:
  std::unique_ptr<CausalStep> Take(const CausalMath& math) {
    {
      MutexLock lock(&mutex_);
      if (!steps_.empty()) {
        std::unique_ptr<CausalStep> step = std::move(steps_.back());
        steps_.pop_back();
        return step;
      }
    }
    return math.NewStep();
  }
  void Give(std::unique_ptr<CausalStep> step) {
    MutexLock lock(&mutex_);
    steps_.push_back(std::move(step));
  }

 private:
  Mutex mutex_;
  std::vector<std::unique_ptr<CausalStep>> steps_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_IDLE_STEPS_H_
