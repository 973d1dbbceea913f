#include "server/jobs/job_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"

namespace stanflow {
namespace {

namespace fs = std::filesystem;

constexpr char kMarkerText[] = "A data folder of stanflowd: what stands beside this file is its own.\n";

std::string JobsFolder(const std::string& data_dir) { return data_dir + "/jobs"; }

absl::Status SyncFile(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return ErrnoToStatus(errno, "can't open", path);
  const int error = ::fsync(fd) == 0 ? 0 : errno;
  ::close(fd);
  return error == 0 ? absl::OkStatus() : ErrnoToStatus(error, "can't sync", path);
}

absl::Status Rename(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) == 0) return absl::OkStatus();
  return ErrnoToStatus(errno, absl::StrCat("can't move ", from, " to"), to);
}

absl::Status FillJobFolder(const std::string& data_dir, const std::string& folder,
                           const std::string& adopt_file) {
  STANFLOW_RETURN_IF_ERROR(MakeDirectories(folder));
  if (!adopt_file.empty()) {
    STANFLOW_RETURN_IF_ERROR(SyncFile(adopt_file));
    STANFLOW_RETURN_IF_ERROR(Rename(adopt_file, folder + "/upload"));
  }
  STANFLOW_RETURN_IF_ERROR(SyncDirectory(folder));
  STANFLOW_RETURN_IF_ERROR(SyncDirectory(JobsFolder(data_dir)));
  return SyncDirectory(data_dir);
}

absl::StatusOr<std::vector<std::string>> EntriesOf(const std::string& folder, bool folders) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    std::error_code ignored;  // an entry that vanishes is none
    const bool wanted = folders ? it->is_directory(ignored) : it->is_regular_file(ignored);
    if (wanted) names.push_back(it->path().filename().string());
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return ErrnoToStatus(error.value(), "can't list", folder);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string MarkerPath(const std::string& data_dir) { return data_dir + "/STANFLOW"; }

// What an empty folder may hold: the lock of a start that got no further, what that was writing, and what a
// file system brings along.
bool IsOfAnEmptyFolder(const std::string& name) {
  return name == "LOCK" || absl::StartsWith(name, "STANFLOW.tmp.") || name == "lost+found";
}

// False: it is in use already. FAILED_PRECONDITION: it is something else.
absl::StatusOr<bool> IsNewDataFolder(const std::string& data_dir) {
  std::error_code error;
  if (fs::exists(MarkerPath(data_dir), error) || fs::exists(JobStorePath(data_dir), error)) return false;
  for (fs::directory_iterator it(data_dir, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (IsOfAnEmptyFolder(name)) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "data_dir: ", data_dir, " is not empty ('", name, "') and no data folder of stanflow: name a new or ",
        "empty folder; if it is stanflow's all the same (a backup, say), make an empty file STANFLOW in it"));
  }
  if (error) return ErrnoToStatus(error.value(), "can't list", data_dir);
  return true;
}

absl::StatusOr<FileLock> TakeLock(const std::string& data_dir) {
  auto lock = FileLock::TryAcquire(data_dir + "/LOCK");
  if (lock.status().code() != absl::StatusCode::kFailedPrecondition) return lock;
  return absl::FailedPreconditionError(absl::StrCat("another stanflowd uses the data folder ", data_dir, ": ",
                                                    lock.status().message(),
                                                    "; stop it, or give this one its own data_dir"));
}

}  // namespace

absl::StatusOr<FileLock> LockDataFolder(const std::string& data_dir) {
  STANFLOW_RETURN_IF_ERROR(MakeDirectories(data_dir));
  STANFLOW_ASSIGN_OR_RETURN(const bool is_new, IsNewDataFolder(data_dir));
  STANFLOW_ASSIGN_OR_RETURN(FileLock lock, TakeLock(data_dir));
  if (is_new) STANFLOW_RETURN_IF_ERROR(WriteFileDurably(MarkerPath(data_dir), kMarkerText));
  return lock;
}

std::string JobStorePath(const std::string& data_dir) { return data_dir + "/jobs.db"; }

std::string JobFolder(const std::string& data_dir, const std::string& job_id) {
  return absl::StrCat(JobsFolder(data_dir), "/", job_id);
}

absl::Status MakeJobFolder(const std::string& data_dir, const std::string& job_id,
                           const std::string& adopt_file) {
  absl::Status made = FillJobFolder(data_dir, JobFolder(data_dir, job_id), adopt_file);
  if (!made.ok()) (void)UnmakeJobFolder(data_dir, job_id, adopt_file);  // the first error is the one to tell
  return made;
}

absl::Status UnmakeJobFolder(const std::string& data_dir, const std::string& job_id,
                             const std::string& adopt_file) {
  const std::string folder = JobFolder(data_dir, job_id);
  std::error_code ignored;
  if (!adopt_file.empty() && fs::exists(folder + "/upload", ignored)) {
    STANFLOW_RETURN_IF_ERROR(Rename(folder + "/upload", adopt_file));
  }
  return RemoveAll(folder);
}

absl::StatusOr<std::vector<std::string>> ListArtifacts(const std::string& job_folder) {
  return EntriesOf(job_folder + "/out", /*folders=*/false);
}

absl::Status RemoveLeftovers(const std::string& job_folder) {
  STANFLOW_RETURN_IF_ERROR(RemoveAll(job_folder + "/upload"));
  STANFLOW_RETURN_IF_ERROR(RemoveAll(job_folder + "/checkpoint"));
  const std::string out = job_folder + "/out";
  STANFLOW_ASSIGN_OR_RETURN(const std::vector<std::string> made, EntriesOf(out, /*folders=*/true));
  for (const std::string& folder : made) STANFLOW_RETURN_IF_ERROR(RemoveAll(absl::StrCat(out, "/", folder)));
  return absl::OkStatus();
}

absl::Status SweepJobFolders(const std::string& data_dir,
                             const std::function<bool(const std::string& id)>& known,
                             const std::function<bool(const std::string& id)>& ended) {
  STANFLOW_ASSIGN_OR_RETURN(const std::vector<std::string> ids,
                            EntriesOf(JobsFolder(data_dir), /*folders=*/true));
  for (const std::string& id : ids) {
    if (!known(id)) {
      STANFLOW_RETURN_IF_ERROR(RemoveAll(JobFolder(data_dir, id)));
    } else if (ended(id)) {
      STANFLOW_RETURN_IF_ERROR(RemoveLeftovers(JobFolder(data_dir, id)));
    }
  }
  return absl::OkStatus();
}

}  // namespace stanflow
