#ifndef STANFLOW_SERVER_REGISTRY_MODEL_STORE_H_
#define STANFLOW_SERVER_REGISTRY_MODEL_STORE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "server/registry/alias_file.h"
#include "server/registry/resource_name.h"

namespace stanflow {

struct StoredVersion {
  VersionId id;
  std::vector<std::string> aliases;
  uint64_t disk_bytes = 0;
  std::string manifest_json;
};

// Published models on disk:
//
//   DATA_DIR/models/M/N/{manifest.json, model.safetensors, publish.json}
//   DATA_DIR/models/M/aliases.json
//
// A version's folder appears whole, by rename, and never changes; the folders are the truth,
// nothing else lists them. Thread-safe; one process a data folder.
class ModelStore {
 public:
  // `clock` outlives the store.
  ModelStore(std::string data_dir, const Clock* clock);

  // Pins what a caller wrote to a version. NOT_FOUND lists what there is.
  absl::StatusOr<VersionId> Resolve(std::string_view field, std::string_view name) const;
  absl::StatusOr<StoredVersion> Get(const VersionId& id) const;
  // By name, newest version first.
  absl::StatusOr<std::vector<StoredVersion>> List() const;
  std::string Folder(const VersionId& id) const;

  // Gives the complete, synced bundle its next version number. A second call with the same
  // `job_id` answers the first one's version, whether `bundle_dir` is still there or not.
  absl::StatusOr<VersionId> Publish(const std::string& bundle_dir, const std::string& model,
                                    const std::string& job_id);
  // FAILED_PRECONDITION while an alias points at it. Its number is never given again.
  absl::Status Delete(const VersionId& id);
  // What Delete would refuse now.
  absl::Status CheckDeletable(const VersionId& id) const;

  // Version 0 removes the alias. Answers its history, oldest first. NOT_FOUND for an unknown version or, when
  // removing, alias.
  absl::StatusOr<std::vector<AliasChange>> SetAlias(const std::string& model, const std::string& alias,
                                                    uint64_t version);

 private:
  std::string ModelFolder(const std::string& model) const;
  std::string AliasPath(const std::string& model) const;
  std::vector<std::string> Models() const;
  // Ascending.
  std::vector<uint64_t> Versions(const std::string& model) const;
  absl::Status NoSuchModel(std::string_view model) const;
  absl::Status NoSuchVersion(const VersionId& id) const;

  const std::string data_dir_;
  const Clock* const clock_;
  // Held while something below models/ changes; readers see whole folders and files without it.
  mutable Mutex mutex_;
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_REGISTRY_MODEL_STORE_H_
