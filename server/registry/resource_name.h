#ifndef STANFLOW_SERVER_REGISTRY_RESOURCE_NAME_H_
#define STANFLOW_SERVER_REGISTRY_RESOURCE_NAME_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace stanflow {

// Ids are folder names: lower-case letters, digits, '-' and '_', at most 63, starting with a
// letter or digit. INVALID_ARGUMENT as "FIELD: what is wrong with it".
absl::Status ValidateId(std::string_view field, std::string_view id);

// An alias starts with a letter, so that it is never taken for a version.
absl::Status ValidateAlias(std::string_view field, std::string_view alias);

// "datasets/ID" or "ID" (`collection` is "datasets"); answers the valid ID.
absl::StatusOr<std::string> ParseId(std::string_view field, std::string_view collection,
                                    std::string_view name);

// A published version of a model.
struct VersionId {
  std::string model;
  uint64_t version = 0;

  std::string ToString() const;  // "models/M/versions/N"
};

inline bool operator==(const VersionId& a, const VersionId& b) {
  return a.version == b.version && a.model == b.model;
}
inline bool operator<(const VersionId& a, const VersionId& b) {
  return a.model != b.model ? a.model < b.model : a.version < b.version;
}

// What a caller may write for a version. Neither version nor alias: the newest.
struct ModelReference {
  std::string model;
  uint64_t version = 0;
  std::string alias;
};

// "M", "M@3", "M@ALIAS", the same after "models/", or "models/M/versions/3".
absl::StatusOr<ModelReference> ParseModelReference(std::string_view field, std::string_view name);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_REGISTRY_RESOURCE_NAME_H_
