#include "server/registry/model_registry.h"

#include <cstdlib>
#include <utility>

#include "absl/strings/str_replace.h"
#include "core/base/digest.h"
#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "server/registry/bundle_archive.h"
#include "server/registry/folder.h"

namespace stanflow {
namespace {

// Where the server unpacked a bundle says nothing to who sent it: files are named as they are in the bundle.
absl::Status WithoutFolder(const absl::Status& status, const std::string& folder) {
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrReplaceAll(status.message(), {{folder + "/", "bundle: "}}));
}

}  // namespace

ModelRegistry::ModelRegistry(ModelRegistryOptions options, GeneratorLoader loader, BundleValidator validator,
                             const Clock* clock)
    : options_(std::move(options)),
      validator_(std::move(validator)),
      store_(options_.data_dir, clock),
      loaded_(options_.load, std::move(loader)) {}

absl::StatusOr<VersionId> ModelRegistry::Resolve(std::string_view field, std::string_view name) const {
  return store_.Resolve(field, name);
}

ModelVersionInfo ModelRegistry::Describe(StoredVersion stored) const {
  LoadedModels::View view = loaded_.Get(stored.id);
  ModelVersionInfo info;
  info.id = stored.id;
  info.state = view.state;
  info.state_message = std::move(view.message);
  info.generator = std::move(view.info);
  if (info.generator.device.empty()) info.generator.device = std::move(view.device);
  info.aliases = std::move(stored.aliases);
  info.disk_bytes = stored.disk_bytes;
  info.manifest_json = std::move(stored.manifest_json);
  return info;
}

absl::StatusOr<ModelVersionInfo> ModelRegistry::Get(const VersionId& id) const {
  STANFLOW_ASSIGN_OR_RETURN(StoredVersion stored, store_.Get(id));
  return Describe(std::move(stored));
}

absl::StatusOr<std::vector<ModelVersionInfo>> ModelRegistry::List() const {
  STANFLOW_ASSIGN_OR_RETURN(std::vector<StoredVersion> stored, store_.List());
  std::vector<ModelVersionInfo> infos;
  for (StoredVersion& version : stored) infos.push_back(Describe(std::move(version)));
  return infos;
}

absl::StatusOr<ModelHandle> ModelRegistry::Acquire(const VersionId& id,
                                                   std::chrono::steady_clock::time_point deadline) {
  ModelHandle handle = AcquireIfReady(id);
  if (handle.generator != nullptr) return handle;
  STANFLOW_ASSIGN_OR_RETURN(const StoredVersion stored, store_.Get(id));
  STANFLOW_ASSIGN_OR_RETURN(handle.generator,
                            loaded_.Acquire(id, store_.Folder(id), stored.disk_bytes, deadline));
  return handle;
}

ModelHandle ModelRegistry::AcquireIfReady(const VersionId& id) { return {id, loaded_.AcquireIfReady(id)}; }

absl::Status ModelRegistry::Unload(const VersionId& id) {
  STANFLOW_RETURN_IF_ERROR(store_.Get(id).status());
  return loaded_.Unload(id);
}

absl::StatusOr<VersionId> ModelRegistry::Publish(const std::string& bundle_dir, const std::string& model,
                                                 const std::string& job_id) {
  return store_.Publish(bundle_dir, model, job_id);
}

absl::StatusOr<std::vector<AliasChange>> ModelRegistry::SetAlias(const std::string& model,
                                                                 const std::string& alias, uint64_t version) {
  return store_.SetAlias(model, alias, version);
}

absl::Status ModelRegistry::Delete(const VersionId& id) {
  // A delete that is refused leaves the version as it is; one that is not, no way to load it again.
  STANFLOW_RETURN_IF_ERROR(store_.CheckDeletable(id));
  STANFLOW_RETURN_IF_ERROR(loaded_.Retire(id));
  const absl::Status deleted = store_.Delete(id);
  if (!deleted.ok()) loaded_.Reinstate(id);
  return deleted;
}

absl::Status ModelRegistry::Export(const VersionId& id, const std::string& tar_path) const {
  STANFLOW_RETURN_IF_ERROR(store_.Get(id).status());
  return WriteBundleArchive(store_.Folder(id), tar_path);
}

absl::StatusOr<VersionId> ModelRegistry::Import(const std::string& tar_path, const std::string& model) {
  STANFLOW_RETURN_IF_ERROR(ValidateId("model", model));
  STANFLOW_ASSIGN_OR_RETURN(const std::string digest, Sha256HexOfFile(tar_path));
  STANFLOW_RETURN_IF_ERROR(MakeDirectories(options_.data_dir + "/tmp"));
  STANFLOW_ASSIGN_OR_RETURN(const std::string dir, MakeScratchFolder(options_.data_dir + "/tmp"));
  absl::StatusOr<VersionId> id = [&]() -> absl::StatusOr<VersionId> {
    STANFLOW_RETURN_IF_ERROR(ReadBundleArchive(tar_path, dir, options_.max_bundle_bytes));
    STANFLOW_RETURN_IF_ERROR(WithoutFolder(validator_(dir), dir));
    return store_.Publish(dir, model, "import-" + digest);
  }();
  const absl::Status removed = RemoveAll(dir);
  if (id.ok() && !removed.ok()) return removed;
  return id;
}

}  // namespace stanflow
