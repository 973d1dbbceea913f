#include "core/generate/load_generator.h"

#include "core/base/status_macros.h"
#include "core/generate/baselines/b1_bundle.h"
#include "core/generate/causal_generator.h"
#include "core/generate/paper_generator.h"
#include "core/generate/torch_scorer.h"
#include "core/model/bundle.h"

namespace stanflow {
namespace {

absl::StatusOr<Preset> PresetOf(const std::string& bundle_dir) {
  STANFLOW_ASSIGN_OR_RETURN(const nlohmann::json manifest, ReadBundleManifest(bundle_dir));
  return PresetFromName(manifest.value("preset", ""));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Generator>> LoadGenerator(const std::string& bundle_dir,
                                                         const std::string& device) {
  STANFLOW_ASSIGN_OR_RETURN(const Preset preset, PresetOf(bundle_dir));
  if (preset == Preset::kB1) {
    STANFLOW_ASSIGN_OR_RETURN(LoadedB1 b1, LoadB1(bundle_dir));
    return std::move(b1.generator);
  }
  STANFLOW_ASSIGN_OR_RETURN(Bundle bundle, ReadBundle(bundle_dir));
  return preset == Preset::kPaper ? MakePaperGenerator(std::move(bundle), device)
                                  : MakeCausalGenerator(std::move(bundle), device, CausalEngineOf(device));
}

absl::StatusOr<std::unique_ptr<Scorer>> LoadScorer(const std::string& bundle_dir, const std::string& device) {
  STANFLOW_ASSIGN_OR_RETURN(const Preset preset, PresetOf(bundle_dir));
  if (preset == Preset::kB1) {
    STANFLOW_ASSIGN_OR_RETURN(LoadedB1 b1, LoadB1(bundle_dir));
    return std::move(b1.scorer);
  }
  STANFLOW_ASSIGN_OR_RETURN(Bundle bundle, ReadBundle(bundle_dir));
  return MakeTorchScorer(std::move(bundle), device);
}

absl::Status ValidateBundle(const std::string& bundle_dir) {
  return LoadGenerator(bundle_dir, "cpu").status();
}

}  // namespace stanflow
