#ifndef STANFLOW_CORE_GAN_CTGAN_FLOWS_H_
#define STANFLOW_CORE_GAN_CTGAN_FLOWS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "core/bundle/bundle_folder.h"
#include "core/gan/condition_sampler.h"
#include "core/gan/ctgan.h"
#include "core/generate/generator.h"
#include "core/train/training_task.h"

namespace stanflow {

// CTGAN on the columns of flows (flow_columns.h): the paper's baseline B4.

// INVALID_ARGUMENT where the batch is no multiple of `pac`.
absl::Status CheckCtganBatch(const CtganOptions& options);

// Trains and publishes; answers the job's figures. `options_json` is what the manifest keeps of the options.
// INVALID_ARGUMENT as CheckCtganBatch.
absl::StatusOr<nlohmann::json> TrainCtganFlows(const TrainingTask& task, const std::string& preset,
                                               const nlohmann::json& options_json,
                                               const CtganOptions& options, uint64_t max_rows);

// `conditions`: by which frequencies classes are asked for. DATA_LOSS says what does not fit.
absl::StatusOr<std::unique_ptr<Generator>> LoadCtganFlows(BundleFolder folder, const CtganOptions& options,
                                                          ClassFrequency conditions,
                                                          const std::string& device);

}  // namespace stanflow

#endif  // STANFLOW_CORE_GAN_CTGAN_FLOWS_H_
