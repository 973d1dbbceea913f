#include "server/registry/dataset_registry.h"

#include <filesystem>

#include "absl/strings/str_join.h"
#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/dataset/manifest.h"
#include "server/registry/folder.h"
#include "server/registry/resource_name.h"

namespace stanflow {
namespace {

constexpr char kPublishFile[] = "/publish.json";

bool SameContents(const DatasetManifest& a, const DatasetManifest& b) {
  if (a.digest != b.digest || a.holdout.ToString() != b.holdout.ToString()) return false;
  if (a.home.size() != b.home.size()) return false;
  for (size_t i = 0; i < a.home.size(); ++i) {
    if (a.home[i].ToString() != b.home[i].ToString()) return false;
  }
  return true;
}

}  // namespace

bool DatasetRegistry::Exists(const std::string& id) const {
  std::error_code error;
  return std::filesystem::is_directory(Folder(id), error);
}

absl::Status DatasetRegistry::NoSuchDataset(std::string_view id) const {
  const std::vector<std::string> ids = SubFolders(data_dir_ + "/datasets");
  return absl::NotFoundError(StrCat("there is no dataset '", id, "'; ",
                                    ids.empty() ? std::string("none has been imported yet")
                                                : StrCat("there are: ", absl::StrJoin(ids, ", "))));
}

absl::StatusOr<DatasetInfo> DatasetRegistry::Get(std::string_view field, std::string_view name) const {
  STANFLOW_ASSIGN_OR_RETURN(const std::string id, ParseId(field, "datasets", name));
  if (!Exists(id)) return NoSuchDataset(id);
  DatasetInfo info;
  STANFLOW_ASSIGN_OR_RETURN(info.manifest, ReadManifest(Folder(id)));
  info.manifest.name = id;
  info.disk_bytes = FolderBytes(Folder(id));
  return info;
}

absl::StatusOr<std::vector<DatasetInfo>> DatasetRegistry::List() const {
  std::vector<DatasetInfo> infos;
  for (const std::string& id : SubFolders(data_dir_ + "/datasets")) {
    if (!ValidateId("dataset", id).ok()) continue;
    absl::StatusOr<DatasetInfo> info = Get("dataset", id);
    if (absl::IsNotFound(info.status())) continue;  // Deleted since it was listed.
    STANFLOW_RETURN_IF_ERROR(info.status());
    infos.push_back(*std::move(info));
  }
  return infos;
}

absl::StatusOr<std::string> DatasetRegistry::Publish(const std::string& dataset_dir, const std::string& id,
                                                     const std::string& job_id) {
  STANFLOW_RETURN_IF_ERROR(ValidateId("dataset", id));
  MutexLock lock(&mutex_);
  if (Exists(id)) {
    STANFLOW_ASSIGN_OR_RETURN(const std::string published_by, ReadPublishedBy(Folder(id) + kPublishFile));
    if (published_by == job_id) return id;
    STANFLOW_ASSIGN_OR_RETURN(const DatasetManifest there, ReadManifest(Folder(id)));
    STANFLOW_ASSIGN_OR_RETURN(const DatasetManifest mine, ReadManifest(dataset_dir));
    if (SameContents(there, mine)) return id;
    return absl::AlreadyExistsError(StrCat("dataset '", id,
                                           "' is there already, with other flows, home networks or hold-out; "
                                           "take another name, or delete it first"));
  }
  STANFLOW_RETURN_IF_ERROR(WritePublishedBy(dataset_dir + kPublishFile, job_id));
  STANFLOW_RETURN_IF_ERROR(MakeDirectories(data_dir_ + "/datasets"));
  STANFLOW_RETURN_IF_ERROR(PublishDirectory(dataset_dir, Folder(id)));
  return id;
}

absl::Status DatasetRegistry::CheckIsOf(const std::string& id, const std::string& job_id,
                                        const std::string& base_digest) const {
  STANFLOW_ASSIGN_OR_RETURN(const std::string published_by, ReadPublishedBy(Folder(id) + kPublishFile));
  if (published_by == job_id) return absl::OkStatus();
  STANFLOW_ASSIGN_OR_RETURN(const DatasetManifest there, ReadManifest(Folder(id)));
  if (!base_digest.empty() && there.digest == base_digest) return absl::OkStatus();
  return absl::AlreadyExistsError(StrCat("dataset '", id,
                                         "' is there already, and is not the one that this job began with; ",
                                         "take another name, or delete it first"));
}

absl::Status DatasetRegistry::Replace(const std::string& dataset_dir, const std::string& id,
                                      const std::string& job_id, const std::string& base_digest) {
  STANFLOW_RETURN_IF_ERROR(ValidateId("dataset", id));
  MutexLock lock(&mutex_);
  const bool is_new = !Exists(id);
  if (!is_new) STANFLOW_RETURN_IF_ERROR(CheckIsOf(id, job_id, base_digest));
  STANFLOW_RETURN_IF_ERROR(WritePublishedBy(dataset_dir + kPublishFile, job_id));
  STANFLOW_RETURN_IF_ERROR(MakeDirectories(data_dir_ + "/datasets"));
  if (is_new) return PublishDirectory(dataset_dir, Folder(id));
  STANFLOW_RETURN_IF_ERROR(ExchangeDirectories(dataset_dir, Folder(id)));
  return RemoveAll(dataset_dir);
}

absl::Status DatasetRegistry::Delete(const std::string& id) {
  MutexLock lock(&mutex_);
  if (!Exists(id)) return NoSuchDataset(id);
  return RemoveFolder(Folder(id), data_dir_ + "/tmp");
}

}  // namespace stanflow
