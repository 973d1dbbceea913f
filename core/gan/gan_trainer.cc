#include "core/gan/gan_trainer.h"

#include <ATen/ATen.h>
#include <torch/optim/adam.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"

namespace stanflow {
namespace {

constexpr double kProgressSeconds = 1;

std::unique_ptr<torch::optim::Optimizer> MakeAdam(torch::nn::Module* net, const GanSchedule& schedule,
                                                  double rate, double decay) {
  return std::make_unique<torch::optim::Adam>(
      net->parameters(),
      torch::optim::AdamOptions(rate).betas({schedule.beta1, schedule.beta2}).weight_decay(decay));
}

}  // namespace

GanTrainer::GanTrainer(Gan* gan, GanTrainerOptions options, GanRandom* random)
    : gan_(gan), options_(std::move(options)), random_(random) {
  const GanSchedule& s = gan->schedule();
  generator_optimizer_ = MakeAdam(gan->generator(), s, s.generator_rate, s.generator_decay);
  critic_optimizer_ = MakeAdam(gan->critic(), s, s.critic_rate, s.critic_decay);
}

GanTrainer::~GanTrainer() = default;

uint64_t GanTrainer::StepsPerEpoch() const {
  return std::max<uint64_t>(gan_->rows() / static_cast<uint64_t>(gan_->schedule().batch_rows), 1);
}

uint64_t GanTrainer::TotalSteps() const {
  return StepsPerEpoch() * static_cast<uint64_t>(gan_->schedule().epochs);
}

bool GanTrainer::Ended() const {
  // However small the budget, one step is made.
  const bool out_of_time = options_.max_seconds > 0 && state_.seconds >= options_.max_seconds;
  return state_.steps >= TotalSteps() || (out_of_time && state_.steps > 0);
}

double GanTrainer::rows_per_second() const {
  return static_cast<double>(state_.steps) * gan_->schedule().batch_rows / std::max(state_.seconds, 1e-9);
}

absl::Status GanTrainer::Step(Losses* losses) {
  for (int i = 0; i < gan_->schedule().critic_steps; ++i) {
    at::Tensor distance;
    critic_optimizer_->zero_grad();
    const at::Tensor loss = gan_->CriticLoss(random_, &distance);
    losses->distance = distance.item<double>();
    if (!std::isfinite(loss.item<double>())) {
      return absl::InternalError(absl::StrCat("the critic's loss is no number at step ", state_.steps + 1));
    }
    loss.backward();
    critic_optimizer_->step();
  }
  generator_optimizer_->zero_grad();
  const at::Tensor loss = gan_->GeneratorLoss(random_);
  losses->generator = loss.item<double>();
  if (!std::isfinite(losses->generator)) {
    return absl::InternalError(absl::StrCat("the generator's loss is no number at step ", state_.steps + 1));
  }
  loss.backward();
  generator_optimizer_->step();
  return absl::OkStatus();
}

void GanTrainer::Count(const Losses& losses) {
  ++state_.steps;
  state_.epoch_generator_loss += losses.generator;
  state_.epoch_critic_distance += losses.distance;
  const uint64_t steps = StepsPerEpoch();
  if (state_.steps % steps != 0) return;
  const auto n = static_cast<double>(steps);
  state_.curve.push_back(
      {state_.steps / steps, state_.epoch_generator_loss / n, state_.epoch_critic_distance / n});
  state_.epoch_generator_loss = state_.epoch_critic_distance = 0;
}

double GanTrainer::Now() const {
  return std::chrono::duration<double>(options_.clock->SteadyNow().time_since_epoch()).count();
}

GanProgress GanTrainer::ProgressNow(const Losses& losses) const {
  GanProgress progress;
  const double done = static_cast<double>(state_.steps) / static_cast<double>(TotalSteps());
  const double spent = options_.max_seconds > 0 ? state_.seconds / options_.max_seconds : 0;
  progress.fraction = std::min(std::max(done, spent), 1.0);
  progress.epoch = (std::max<uint64_t>(state_.steps, 1) - 1) / StepsPerEpoch() + 1;
  progress.generator_loss = losses.generator;
  progress.critic_distance = losses.distance;
  progress.rows_per_second = rows_per_second();
  progress.seconds_left = state_.seconds / std::max(progress.fraction, 1e-9) * (1 - progress.fraction);
  return progress;
}

absl::Status GanTrainer::Run(const std::function<void(const GanProgress&)>& progress,
                             const std::function<bool()>& stop) {
  const double began = Now(), before = state_.seconds;
  double saved = state_.seconds, told = state_.seconds;
  Losses losses;
  gan_->generator()->train();
  gan_->critic()->train();
  while (!Ended()) {
    if (stop()) {
      STANFLOW_RETURN_IF_ERROR(SaveCheckpoint());
      return absl::CancelledError(absl::StrCat("stopped after ", state_.steps, " steps"));
    }
    STANFLOW_RETURN_IF_ERROR(Step(&losses));
    Count(losses);
    state_.seconds = before + Now() - began;
    if (state_.seconds - told >= kProgressSeconds) {
      progress(ProgressNow(losses));
      told = state_.seconds;
    }
    if (state_.seconds - saved >= options_.checkpoint_seconds) {
      STANFLOW_RETURN_IF_ERROR(SaveCheckpoint());
      saved = state_.seconds;
    }
  }
  progress(ProgressNow(losses));
  return SaveCheckpoint();
}

absl::Status GanTrainer::Train(const std::function<void(const GanProgress&)>& progress,
                               const std::function<bool()>& stop) {
  STANFLOW_RETURN_IF_ERROR(LoadCheckpoint());
  try {
    STANFLOW_RETURN_IF_ERROR(Run(progress, stop));
    gan_->Finish(random_);
  } catch (const std::exception& e) {
    return absl::InternalError(absl::StrCat("training at step ", state_.steps + 1, ": ", e.what()));
  }
  return absl::OkStatus();
}

}  // namespace stanflow
