#ifndef STANFLOW_CORE_GAN_WP_GAN_FLOWS_H_
#define STANFLOW_CORE_GAN_WP_GAN_FLOWS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "core/bundle/bundle_folder.h"
#include "core/gan/wp_gan.h"
#include "core/generate/generator.h"
#include "core/train/training_task.h"

namespace stanflow {

// WP-GAN from a dataset to a bundle and back: the paper's baseline B3.

// Trains and publishes; answers the job's figures. `options_json` is what the manifest keeps of the options.
absl::StatusOr<nlohmann::json> TrainWpGanFlows(const TrainingTask& task, const std::string& preset,
                                               const nlohmann::json& options_json,
                                               const WpGanOptions& options, uint64_t max_rows);

// DATA_LOSS says what does not fit.
absl::StatusOr<std::unique_ptr<Generator>> LoadWpGanFlows(BundleFolder folder, const WpGanOptions& options,
                                                          const std::string& device);

}  // namespace stanflow

#endif  // STANFLOW_CORE_GAN_WP_GAN_FLOWS_H_
