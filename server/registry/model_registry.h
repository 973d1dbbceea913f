#ifndef STANFLOW_SERVER_REGISTRY_MODEL_REGISTRY_H_
#define STANFLOW_SERVER_REGISTRY_MODEL_REGISTRY_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/base/clock.h"
#include "core/generate/generator.h"
#include "server/registry/alias_file.h"
#include "server/registry/loaded_models.h"
#include "server/registry/model_state.h"
#include "server/registry/model_store.h"
#include "server/registry/resource_name.h"

namespace stanflow {

struct ModelVersionInfo {
  VersionId id;
  ModelState state = ModelState::kUnloaded;
  std::string state_message;
  GeneratorInfo generator;  // meaningful in kReady
  std::vector<std::string> aliases;
  uint64_t disk_bytes = 0;
  std::string manifest_json;  // of the bundle
};

// A resolved version that stays loaded for as long as the generator is held.
struct ModelHandle {
  VersionId id;
  std::shared_ptr<const Generator> generator;
};

// Says what is wrong with a bundle folder that did not come from this server's own training.
using BundleValidator = std::function<absl::Status(const std::string& bundle_dir)>;

struct ModelRegistryOptions {
  std::string data_dir;
  LoadOptions load;
  // Unpacked size from which an imported bundle is refused; the largest preset has some 10 MB.
  uint64_t max_bundle_bytes = uint64_t{4} << 30;
};

// Published models: what is on disk (model_store.h) and what of it is in memory
// (loaded_models.h). Thread-safe. Only Acquire waits, and only until its deadline; the rest
// does a bounded amount of disk work, Export and Import as much as the bundle is large.
class ModelRegistry {
 public:
  // `clock` outlives the registry.
  ModelRegistry(ModelRegistryOptions options, GeneratorLoader loader, BundleValidator validator,
                const Clock* clock);

  // "M", "M@3", "M@ALIAS", the same after "models/", or "models/M/versions/3"; without a version the newest.
  // INVALID_ARGUMENT as "FIELD: ..."; NOT_FOUND lists what there is.
  absl::StatusOr<VersionId> Resolve(std::string_view field, std::string_view name) const;
  absl::StatusOr<ModelVersionInfo> Get(const VersionId& id) const;
  absl::StatusOr<std::vector<ModelVersionInfo>> List() const;

  // The version's generator, loaded if need be; concurrent callers wait for one load.
  // FAILED_PRECONDITION where it is not ready by `deadline` (the load goes on), else the load's own error.
  absl::StatusOr<ModelHandle> Acquire(const VersionId& id, std::chrono::steady_clock::time_point deadline);
  // Never waits; a null generator unless READY.
  ModelHandle AcquireIfReady(const VersionId& id);
  absl::Status Unload(const VersionId& id);

  // As ModelStore.
  absl::StatusOr<VersionId> Publish(const std::string& bundle_dir, const std::string& model,
                                    const std::string& job_id);
  absl::StatusOr<std::vector<AliasChange>> SetAlias(const std::string& model, const std::string& alias,
                                                    uint64_t version);
  // FAILED_PRECONDITION while an alias points at it or something uses it.
  absl::Status Delete(const VersionId& id);

  // Writes the bundle as a tar file.
  absl::Status Export(const VersionId& id, const std::string& tar_path) const;
  // Publishes the bundle of a tar file, once it was found to be whole and ours. The same bytes
  // again answer the version that they made.
  absl::StatusOr<VersionId> Import(const std::string& tar_path, const std::string& model);

  // What is or was loaded, for metrics.
  std::vector<LoadedModels::View> Loaded() const { return loaded_.List(); }

 private:
  ModelVersionInfo Describe(StoredVersion stored) const;

  const ModelRegistryOptions options_;
  const BundleValidator validator_;
  ModelStore store_;
  LoadedModels loaded_;
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_REGISTRY_MODEL_REGISTRY_H_
