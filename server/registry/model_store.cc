#include "server/registry/model_store.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "nlohmann/json.hpp"
#include "server/registry/folder.h"

namespace stanflow {
namespace {

constexpr char kPublishFile[] = "/publish.json";

uint64_t VersionOfFolder(const std::string& name) {
  uint64_t version = 0;
  return absl::SimpleAtoi(name, &version) && std::to_string(version) == name ? version : 0;
}

}  // namespace

ModelStore::ModelStore(std::string data_dir, const Clock* clock)
    : data_dir_(std::move(data_dir)), clock_(clock) {}

std::string ModelStore::ModelFolder(const std::string& model) const {
  return StrCat(data_dir_, "/models/", model);
}
std::string ModelStore::AliasPath(const std::string& model) const {
  return ModelFolder(model) + "/aliases.json";
}
std::string ModelStore::Folder(const VersionId& id) const {
  return StrCat(ModelFolder(id.model), "/", id.version);
}

std::vector<std::string> ModelStore::Models() const {
  std::vector<std::string> models;
  for (const std::string& name : SubFolders(data_dir_ + "/models")) {
    if (ValidateId("model", name).ok() && !Versions(name).empty()) models.push_back(name);
  }
  return models;
}

std::vector<uint64_t> ModelStore::Versions(const std::string& model) const {
  std::vector<uint64_t> versions;
  for (const std::string& name : SubFolders(ModelFolder(model))) {
    if (const uint64_t version = VersionOfFolder(name); version > 0) versions.push_back(version);
  }
  std::sort(versions.begin(), versions.end());
  return versions;
}

absl::Status ModelStore::NoSuchModel(std::string_view model) const {
  const std::vector<std::string> models = Models();
  return absl::NotFoundError(StrCat("there is no model '", model, "'; ",
                                    models.empty() ? std::string("no model has been trained or imported yet")
                                                   : StrCat("there are: ", absl::StrJoin(models, ", "))));
}

absl::Status ModelStore::NoSuchVersion(const VersionId& id) const {
  const std::vector<uint64_t> versions = Versions(id.model);
  if (versions.empty()) return NoSuchModel(id.model);
  return absl::NotFoundError(StrCat("model '", id.model, "' has no version ", id.version,
                                    "; it has: ", absl::StrJoin(versions, ", ")));
}

absl::StatusOr<VersionId> ModelStore::Resolve(std::string_view field, std::string_view name) const {
  STANFLOW_ASSIGN_OR_RETURN(const ModelReference reference, ParseModelReference(field, name));
  const std::vector<uint64_t> versions = Versions(reference.model);
  if (versions.empty()) return NoSuchModel(reference.model);
  VersionId id{reference.model, versions.back()};
  if (!reference.alias.empty()) {
    STANFLOW_ASSIGN_OR_RETURN(const AliasFile aliases, ReadAliasFile(AliasPath(id.model)));
    id.version = aliases.Version(reference.alias);
    if (id.version != 0) return id;
    std::vector<std::string> known;
    for (const auto& entry : aliases.history) {
      if (aliases.Version(entry.first) != 0) known.push_back(entry.first);
    }
    return absl::NotFoundError(
        StrCat("model '", id.model, "' has no alias '", reference.alias,
               "'; aliases: ", known.empty() ? std::string("none") : absl::StrJoin(known, ", "),
               "; versions: ", absl::StrJoin(versions, ", ")));
  }
  if (reference.version != 0) id.version = reference.version;
  if (!std::binary_search(versions.begin(), versions.end(), id.version)) return NoSuchVersion(id);
  return id;
}

absl::StatusOr<StoredVersion> ModelStore::Get(const VersionId& id) const {
  StoredVersion stored;
  stored.id = id;
  absl::StatusOr<std::string> manifest = ReadFile(Folder(id) + "/manifest.json");
  if (absl::IsNotFound(manifest.status())) return NoSuchVersion(id);
  STANFLOW_RETURN_IF_ERROR(manifest.status());
  stored.manifest_json = *std::move(manifest);
  STANFLOW_ASSIGN_OR_RETURN(const AliasFile aliases, ReadAliasFile(AliasPath(id.model)));
  stored.aliases = aliases.AliasesOf(id.version);
  stored.disk_bytes = FolderBytes(Folder(id));
  return stored;
}

absl::StatusOr<std::vector<StoredVersion>> ModelStore::List() const {
  std::vector<StoredVersion> all;
  for (const std::string& model : Models()) {
    const std::vector<uint64_t> versions = Versions(model);
    for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
      absl::StatusOr<StoredVersion> stored = Get({model, *version});
      if (absl::IsNotFound(stored.status())) continue;  // Deleted since it was listed.
      STANFLOW_RETURN_IF_ERROR(stored.status());
      all.push_back(*std::move(stored));
    }
  }
  return all;
}

absl::StatusOr<VersionId> ModelStore::Publish(const std::string& bundle_dir, const std::string& model,
                                              const std::string& job_id) {
  STANFLOW_RETURN_IF_ERROR(ValidateId("model", model));
  MutexLock lock(&mutex_);
  const std::vector<uint64_t> versions = Versions(model);
  for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
    STANFLOW_ASSIGN_OR_RETURN(const std::string published_by,
                              ReadPublishedBy(StrCat(ModelFolder(model), "/", *version, kPublishFile)));
    if (published_by == job_id) return VersionId{model, *version};
  }
  STANFLOW_ASSIGN_OR_RETURN(const AliasFile aliases, ReadAliasFile(AliasPath(model)));
  VersionId id{model, std::max(versions.empty() ? 0 : versions.back(), aliases.highest_deleted) + 1};
  STANFLOW_RETURN_IF_ERROR(WritePublishedBy(bundle_dir + kPublishFile, job_id));
  STANFLOW_RETURN_IF_ERROR(MakeDirectories(ModelFolder(model)));
  STANFLOW_RETURN_IF_ERROR(PublishDirectory(bundle_dir, Folder(id)));
  return id;
}

absl::Status ModelStore::CheckDeletable(const VersionId& id) const {
  if (!std::filesystem::exists(Folder(id))) return NoSuchVersion(id);
  STANFLOW_ASSIGN_OR_RETURN(const AliasFile aliases, ReadAliasFile(AliasPath(id.model)));
  const std::vector<std::string> pointing = aliases.AliasesOf(id.version);
  if (pointing.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(StrCat("version ", id.version, " of model '", id.model,
                                              "' has the alias ", absl::StrJoin(pointing, ", "),
                                              "; point it elsewhere or remove it first"));
}

absl::Status ModelStore::Delete(const VersionId& id) {
  MutexLock lock(&mutex_);
  STANFLOW_RETURN_IF_ERROR(CheckDeletable(id));
  STANFLOW_ASSIGN_OR_RETURN(AliasFile aliases, ReadAliasFile(AliasPath(id.model)));
  aliases.highest_deleted = std::max(aliases.highest_deleted, id.version);
  STANFLOW_RETURN_IF_ERROR(WriteAliasFile(AliasPath(id.model), aliases));
  return RemoveFolder(Folder(id), data_dir_ + "/tmp");
}

absl::StatusOr<std::vector<AliasChange>> ModelStore::SetAlias(const std::string& model,
                                                              const std::string& alias, uint64_t version) {
  STANFLOW_RETURN_IF_ERROR(ValidateId("model", model));
  STANFLOW_RETURN_IF_ERROR(ValidateAlias("alias", alias));
  MutexLock lock(&mutex_);
  const std::vector<uint64_t> versions = Versions(model);
  if (versions.empty()) return NoSuchModel(model);
  if (version != 0 && !std::binary_search(versions.begin(), versions.end(), version)) {
    return NoSuchVersion({model, version});
  }
  STANFLOW_ASSIGN_OR_RETURN(AliasFile aliases, ReadAliasFile(AliasPath(model)));
  if (aliases.Version(alias) == version) {
    if (version != 0) return aliases.history[alias];
    return absl::NotFoundError(StrCat("model '", model, "' has no alias '", alias, "'"));
  }
  aliases.history[alias].push_back({clock_->NowMs(), version});
  STANFLOW_RETURN_IF_ERROR(WriteAliasFile(AliasPath(model), aliases));
  return aliases.history[alias];
}

}  // namespace stanflow
