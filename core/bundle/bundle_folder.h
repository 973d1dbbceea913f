#ifndef STANFLOW_CORE_BUNDLE_BUNDLE_FOLDER_H_
#define STANFLOW_CORE_BUNDLE_BUNDLE_FOLDER_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/bundle/safetensors.h"
#include "core/dataset/dataset.h"
#include "nlohmann/json.hpp"

namespace stanflow {

// A model on disk, of whatever kind: a folder with `manifest.json` and `model.safetensors`. The
// manifest says what the numbers are (format, preset, schema, options, and fields of the kind's
// own), where they come from and how training went; the digest of the weights binds both.
inline constexpr int kBundleFormat = 1;

// Where a model comes from.
struct BundleInfo {
  // Digest of the dataset's rows, and which of them training did not read (Holdout::ToString).
  std::string dataset, dataset_digest, holdout;
  int64_t created_ms = 0;
  int64_t default_start_ms = 0;  // midnight before the training data's first flow
  uint32_t hosts = 0;            // of the training data
  uint64_t seed = 0;
  uint64_t training_rows = 0;
  // Exact nats a row over rows that were kept back; NaN (null in the manifest) for a kind without likelihood.
  double validation_nats = 0;
  nlohmann::json curve = nlohmann::json::array();     // points of the kind's own shape
  nlohmann::json figures = nlohmann::json::object();  // {"trained_seconds": ..., "rows_per_second": ...}
};

// What a dataset and a request give of it; figures of the training are left empty.
BundleInfo BundleInfoOf(const Dataset& dataset, uint64_t seed, int64_t created_ms);

// The fields that every kind's manifest has. `options`: every option of the training, with its value.
nlohmann::json CommonManifest(const std::string& preset, const nlohmann::json& options, uint64_t parameters,
                              const BundleInfo& info);

// Writes both files, synced, into `dir`, which must not exist (ALREADY_EXISTS); the folder
// appears whole or not at all, and an error leaves nothing behind. `manifest` is CommonManifest's, with the
// kind's own fields.
absl::Status WriteBundleFolder(const std::string& dir, nlohmann::json manifest, const TensorFile& weights);

struct BundleFolder {
  std::string dir;  // where it lies
  nlohmann::json manifest;
  BundleInfo info;
  TensorFile weights;
};

// NOT_FOUND where there is no such folder or no manifest in it. Refuses with DATA_LOSS (damaged: which file,
// what; no weights beside the manifest) or FAILED_PRECONDITION (foreign: not this format, another schema,
// another preset than `preset`).
absl::StatusOr<BundleFolder> ReadBundleFolder(const std::string& dir, const std::string& preset);

// The manifest alone, checked for its format; any preset. Errors as ReadBundleFolder's.
absl::StatusOr<nlohmann::json> ReadBundleManifest(const std::string& dir);

}  // namespace stanflow

#endif  // STANFLOW_CORE_BUNDLE_BUNDLE_FOLDER_H_
