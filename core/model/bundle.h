#ifndef STANFLOW_CORE_MODEL_BUNDLE_H_
#define STANFLOW_CORE_MODEL_BUNDLE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "core/bundle/bundle_folder.h"
#include "core/model/stan_model.h"

namespace stanflow {

// A STAN model on disk (core/bundle/bundle_folder.h): its manifest also has the outputs with their
// codecs' state; a tensor is called NET.PARAMETER.
struct Bundle {
  BundleInfo info;
  std::unique_ptr<StanModel> model;
};

// As WriteBundleFolder.
absl::Status WriteBundle(const std::string& dir, const StanModel& model, const BundleInfo& info);

// As ReadBundleFolder; `preset` is "causal" or "paper". The model is in eval mode, on the CPU.
absl::StatusOr<Bundle> ReadBundle(const std::string& dir, Preset preset);

}  // namespace stanflow

#endif  // STANFLOW_CORE_MODEL_BUNDLE_H_
