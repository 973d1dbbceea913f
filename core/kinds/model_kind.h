#ifndef STANFLOW_CORE_KINDS_MODEL_KIND_H_
#define STANFLOW_CORE_KINDS_MODEL_KIND_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/eval/scorer.h"
#include "core/generate/generator.h"
#include "core/train/training_task.h"
#include "nlohmann/json.hpp"

namespace stanflow {

// A kind of model ("preset"): how it is trained, loaded and asked for likelihoods. A file of its own defines
// it; with a line each below, in CMakeLists.txt and in all_model_kinds.cc it is known to Train, Generate and
// Evaluate. Its functions are thread-safe and let no exception out.
struct ModelKind {
  std::string_view name;  // the preset's: "causal"; in every manifest, so it never changes
  std::string_view help;  // what it is, in a few words
  // Every option with its value, `settings` on top of the defaults; as OptionTable::Parse. What it accepts,
  // `train` accepts.
  absl::StatusOr<nlohmann::json> (*complete_options)(const std::map<std::string, std::string>& settings);
  // Trains and publishes the bundle. Answers the job's figures: {"training_rows", "parameters",
  // "validation_nats" if the kind has likelihoods, ...}. CANCELLED, with everything checkpointed
  // that is worth it, once the task's stop_requested answers true.
  absl::StatusOr<nlohmann::json> (*train)(const TrainingTask& task);
  // Errors as ReadBundleFolder (core/bundle/bundle_folder.h), of a damaged or foreign model too.
  absl::StatusOr<std::unique_ptr<Generator>> (*load_generator)(const std::string& bundle_dir,
                                                               const std::string& device);
  // Null: the kind does not know the probability of what it is shown.
  absl::StatusOr<std::unique_ptr<Scorer>> (*load_scorer)(const std::string& bundle_dir,
                                                         const std::string& device);
};

extern const ModelKind kCausalKind;  // stan_kinds.cc
extern const ModelKind kPaperKind;   // stan_kinds.cc
extern const ModelKind kB1Kind;      // b1_kind.cc
extern const ModelKind kB2Kind;      // b2_kind.cc
extern const ModelKind kWpGanKind;   // wp_gan_kind.cc
extern const ModelKind kCtganKind;   // ctgan_kind.cc
extern const ModelKind kReplayKind;  // replay_kind.cc

// The table; the default kind first. A program links one all_model_kinds.cc: the project's, or a
// test's with kinds of its own.
absl::Span<const ModelKind* const> AllModelKinds();

// INVALID_ARGUMENT lists the kinds that there are.
absl::StatusOr<const ModelKind*> FindModelKind(std::string_view name);

// The kind of a bundle's model, by its manifest. FAILED_PRECONDITION names one that this program has not.
absl::StatusOr<const ModelKind*> ModelKindOf(const std::string& bundle_dir);

// Loads a bundle's model, of whatever kind, onto a device ("cpu", "cuda:0").
absl::StatusOr<std::unique_ptr<Generator>> LoadGenerator(const std::string& bundle_dir,
                                                         const std::string& device);
// Reads everything that loading would, and keeps nothing.
absl::Status ValidateBundle(const std::string& bundle_dir);

}  // namespace stanflow

#endif  // STANFLOW_CORE_KINDS_MODEL_KIND_H_
