#ifndef STANFLOW_CORE_DATASET_MANIFEST_H_
#define STANFLOW_CORE_DATASET_MANIFEST_H_

#include <string>

#include "absl/status/statusor.h"
#include "core/dataset/dataset.h"
#include "nlohmann/json.hpp"

namespace stanflow {

// dataset.json. Fields are added, never renamed.
nlohmann::json ManifestToJson(const DatasetManifest& manifest);
// DATA_LOSS with the field's name if one is missing or of another kind.
absl::StatusOr<DatasetManifest> ManifestFromJson(const nlohmann::json& json);

// Reads `dir`/dataset.json alone: cheap, for listing.
absl::StatusOr<DatasetManifest> ReadManifest(const std::string& dir);

}  // namespace stanflow

#endif  // STANFLOW_CORE_DATASET_MANIFEST_H_
