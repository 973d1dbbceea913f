#ifndef STANFLOW_CORE_GAN_GAN_TRAINER_H_
#define STANFLOW_CORE_GAN_GAN_TRAINER_H_

#include <torch/optim/optimizer.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "core/base/clock.h"
#include "core/gan/gan.h"

namespace stanflow {

// Means over one epoch's steps.
struct GanCurvePoint {
  uint64_t epoch = 0;  // passes over the rows when it was taken
  double generator_loss = 0, critic_distance = 0;
};

struct GanTrainerOptions {
  // Budget of trained seconds over all attempts; 0: epochs end it.
  double max_seconds = 0;
  // Written when missing, continued from when there. After so many trained seconds it is written anew.
  std::string checkpoint_path;
  double checkpoint_seconds = 60;
  // Counts the trained seconds.
  const Clock* clock = &Clock::Real();
};

struct GanProgress {
  double fraction = 0;                             // 0 to 1
  uint64_t epoch = 0;                              // passes begun, 1 is the first
  double generator_loss = 0, critic_distance = 0;  // of the last step
  double rows_per_second = 0;
  double seconds_left = 0;
};

// Trains a GAN's two nets in turn. Everything that decides the next step is in the checkpoint: weights,
// optimisers, random numbers, position. A run that was killed and goes on gives the weights of an unbroken
// one on the same CPU, if epochs end it. One thread.
class GanTrainer {
 public:
  // `gan`, `random` and the clock outlive it.
  GanTrainer(Gan* gan, GanTrainerOptions options, GanRandom* random);
  ~GanTrainer();

  // Trains to the end. CANCELLED, with everything in the checkpoint, once `stop` answers true (asked before
  // each step). INTERNAL names the step where a loss is no number; the checkpoint then is of a step before.
  // `progress` is called about once a second.
  absl::Status Train(const std::function<void(const GanProgress&)>& progress,
                     const std::function<bool()>& stop);

  uint64_t steps() const { return state_.steps; }
  double seconds() const { return state_.seconds; }  // trained, over all attempts
  double rows_per_second() const;
  const std::vector<GanCurvePoint>& curve() const { return state_.curve; }

 private:
  struct State {
    uint64_t steps = 0;  // of the generator
    double seconds = 0;
    double epoch_generator_loss = 0, epoch_critic_distance = 0;  // sums of the epoch in progress
    std::vector<GanCurvePoint> curve;
  };
  struct Losses {
    double generator = 0, distance = 0;
  };

  uint64_t StepsPerEpoch() const;
  uint64_t TotalSteps() const;
  bool Ended() const;
  absl::Status Step(Losses* losses);
  void Count(const Losses& losses);
  double Now() const;  // seconds
  GanProgress ProgressNow(const Losses& losses) const;
  absl::Status Run(const std::function<void(const GanProgress&)>& progress,
                   const std::function<bool()>& stop);
  // gan_checkpoint.cc
  absl::Status SaveCheckpoint();
  absl::Status LoadCheckpoint();

  Gan* const gan_;
  const GanTrainerOptions options_;
  GanRandom* const random_;
  std::unique_ptr<torch::optim::Optimizer> generator_optimizer_, critic_optimizer_;
  State state_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GAN_GAN_TRAINER_H_
