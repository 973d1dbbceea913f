#include "server/registry/folder.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace fs = std::filesystem;

std::vector<std::string> SubFolders(const std::string& dir) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(dir, error), end; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    if (it->is_directory(ignored)) names.push_back(it->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

uint64_t FolderBytes(const std::string& dir) {
  uint64_t bytes = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator it(dir, error), end; !error && it != end; it.increment(error)) {
    std::error_code vanished;
    if (!it->is_regular_file(vanished)) continue;
    const uintmax_t size = it->file_size(vanished);
    if (!vanished) bytes += size;
  }
  return bytes;
}

absl::Status RemoveFolder(const std::string& dir, const std::string& trash_dir) {
  STANFLOW_RETURN_IF_ERROR(MakeDirectories(trash_dir));
  const fs::path path(dir);
  const std::string trash =
      StrCat(trash_dir, "/removed-", path.parent_path().filename().string(), "-", path.filename().string());
  STANFLOW_RETURN_IF_ERROR(RemoveAll(trash));
  if (std::rename(dir.c_str(), trash.c_str()) != 0) return ErrnoToStatus(errno, "remove", dir);
  STANFLOW_RETURN_IF_ERROR(SyncDirectory(path.parent_path().string()));
  return RemoveAll(trash);
}

absl::StatusOr<std::string> MakeScratchFolder(const std::string& parent) {
  std::string path = parent + "/scratch-XXXXXX";
  if (mkdtemp(path.data()) == nullptr) return ErrnoToStatus(errno, "make a folder in", parent);
  return path;
}

absl::StatusOr<std::string> MakeScratchFile(const std::string& parent) {
  STANFLOW_RETURN_IF_ERROR(MakeDirectories(parent));
  std::string path = parent + "/scratch-XXXXXX";
  const int fd = mkstemp(path.data());
  if (fd < 0) return ErrnoToStatus(errno, "make a file in", parent);
  close(fd);
  return path;
}

absl::StatusOr<std::string> ReadPublishedBy(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (absl::IsNotFound(text.status())) return "";
  STANFLOW_RETURN_IF_ERROR(text.status());
  const nlohmann::json json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("job_id") || !json["job_id"].is_string()) {
    return absl::DataLossError(StrCat(path, ": not what was written there"));
  }
  return json["job_id"].get<std::string>();
}

absl::Status WritePublishedBy(const std::string& path, const std::string& job_id) {
  return WriteFileDurably(path, nlohmann::json{{"job_id", job_id}}.dump() + "\n");
}

}  // namespace stanflow
