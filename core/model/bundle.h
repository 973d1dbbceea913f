#ifndef STANFLOW_CORE_MODEL_BUNDLE_H_
#define STANFLOW_CORE_MODEL_BUNDLE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "core/model/stan_model.h"
#include "nlohmann/json.hpp"

namespace stanflow {

// A model on disk: `manifest.json` and `model.safetensors`. The manifest says what the weights
// are (format, preset, schema, codec state), where they come from (dataset and its digest,
// seed, options) and how training went (curve, figures); the digest of the weights binds both.
struct BundleInfo {
  // Digest of the dataset's rows, and which of them training did not read (Holdout::ToString).
  std::string dataset, dataset_digest, holdout;
  int64_t created_ms = 0;
  int64_t default_start_ms = 0;  // midnight before the training data's first flow
  uint32_t hosts = 0;            // of the training data
  uint64_t seed = 0;
  uint64_t training_rows = 0;
  double validation_nats = 0;
  nlohmann::json curve;    // [{attribute, epoch, training_nats, validation_nats}]
  nlohmann::json figures;  // {"trained_seconds": ..., "rows_per_second": ...}
};

struct Bundle {
  BundleInfo info;
  std::unique_ptr<StanModel> model;
};

inline constexpr int kBundleFormat = 1;

// Writes both files, synced, into `dir`, which must not exist; the folder appears whole or not at all.
absl::Status WriteBundle(const std::string& dir, const StanModel& model, const BundleInfo& info);

// Refuses with DATA_LOSS (damaged: which file, what) or FAILED_PRECONDITION (foreign: not this
// format, another schema). The model is in eval mode, on the CPU.
absl::StatusOr<Bundle> ReadBundle(const std::string& dir);

// The manifest alone, checked for format; any preset.
absl::StatusOr<nlohmann::json> ReadBundleManifest(const std::string& dir);

}  // namespace stanflow

#endif  // STANFLOW_CORE_MODEL_BUNDLE_H_
