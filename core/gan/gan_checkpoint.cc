#include <ATen/ATen.h>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/bundle/safetensors.h"
#include "core/gan/gan_trainer.h"
#include "core/model/module_tensors.h"
#include "core/model/torch_tensors.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

constexpr const char *kGenerator = "generator.", *kCritic = "critic.";
constexpr const char *kGeneratorOptimizer = "generator_optimizer", *kCriticOptimizer = "critic_optimizer";
constexpr const char* kRandom = "random";

}  // namespace

absl::Status GanTrainer::SaveCheckpoint() {
  TensorFile file;
  STANFLOW_RETURN_IF_ERROR(StoreModule(*gan_->generator(), kGenerator, &file));
  STANFLOW_RETURN_IF_ERROR(StoreModule(*gan_->critic(), kCritic, &file));
  file.tensors[kGeneratorOptimizer] = StoreOptimizer(*generator_optimizer_);
  file.tensors[kCriticOptimizer] = StoreOptimizer(*critic_optimizer_);
  STANFLOW_ASSIGN_OR_RETURN(file.tensors[kRandom], StoreTensor(random_->state()));
  nlohmann::json curve = nlohmann::json::array();
  for (const GanCurvePoint& p : state_.curve) curve.push_back({p.epoch, p.generator_loss, p.critic_distance});
  const nlohmann::json state = {{"steps", state_.steps},
                                {"seconds", state_.seconds},
                                {"epoch_generator_loss", state_.epoch_generator_loss},
                                {"epoch_critic_distance", state_.epoch_critic_distance},
                                {"curve", std::move(curve)}};
  file.metadata["state"] = state.dump();
  return WriteTensorFile(options_.checkpoint_path, file);
}

absl::Status GanTrainer::LoadCheckpoint() {
  absl::StatusOr<TensorFile> file = ReadTensorFile(options_.checkpoint_path);
  if (absl::IsNotFound(file.status())) return absl::OkStatus();
  STANFLOW_RETURN_IF_ERROR(file.status());
  const auto foreign = [&](absl::string_view why) {
    return absl::DataLossError(
        absl::StrCat(options_.checkpoint_path, ": not a checkpoint of this model: ", why));
  };
  for (const auto& [prefix, net] :
       {std::pair(kGenerator, gan_->generator()), std::pair(kCritic, gan_->critic())}) {
    const absl::Status status = LoadModule(prefix, &*file, net);
    if (!status.ok()) return foreign(status.message());
  }
  try {
    LoadOptimizer(file->tensors.at(kGeneratorOptimizer), generator_optimizer_.get());
    LoadOptimizer(file->tensors.at(kCriticOptimizer), critic_optimizer_.get());
    random_->set_state(LoadTensor(file->tensors.at(kRandom)));
    const auto state = nlohmann::json::parse(file->metadata.at("state"));
    state_ = {state.at("steps"),
              state.at("seconds"),
              state.at("epoch_generator_loss"),
              state.at("epoch_critic_distance"),
              {}};
    for (const auto& p : state.at("curve")) state_.curve.push_back({p.at(0), p.at(1), p.at(2)});
  } catch (const std::exception& e) {
    return foreign(e.what());
  }
  return absl::OkStatus();
}

}  // namespace stanflow
