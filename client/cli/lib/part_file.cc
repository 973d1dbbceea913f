#include "client/cli/lib/part_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "absl/strings/escaping.h"
#include "client/cli/lib/output.h"
#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

std::string PartPath(const std::string& path) { return path + ".part"; }
std::string ResumePath(const std::string& path) { return path + ".resume"; }

std::string DirectoryOf(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

struct Saved {
  std::string request;
  PartFile::Checkpoint checkpoint;
};

// Whether `path` still is the open file: its last writer may have published it in between.
bool StillNamed(int fd, const std::string& path) {
  struct stat opened {
  }, named{};
  return fstat(fd, &opened) == 0 && stat(path.c_str(), &named) == 0 && opened.st_ino == named.st_ino &&
         opened.st_dev == named.st_dev;
}

absl::StatusOr<Saved> ParseSaved(const std::string& path, const std::string& text) {
  Saved saved;
  PartFile::Checkpoint& to = saved.checkpoint;
  try {
    const auto json = nlohmann::json::parse(text);
    json.at("request").get_to(saved.request);
    json.at("bytes").get_to(to.bytes);
    json.at("rows").get_to(to.rows);
    json.at("total_packets").get_to(to.total_packets);
    json.at("total_bytes").get_to(to.total_bytes);
    json.at("last_end_ms").get_to(to.last_end_ms);
    if (absl::Base64Unescape(json.at("token").get<std::string>(), &to.token)) return saved;
  } catch (const nlohmann::json::exception&) {
  }
  return absl::FailedPreconditionError(StrCat(path, " is damaged; start over with --restart"));
}

}  // namespace

absl::StatusOr<PartFile> PartFile::Open(const std::string& path, const std::string& request, bool restart) {
  const std::string part = PartPath(path);
  const int fd = open(part.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0) return ErrnoToStatus(errno, "can't write", part);
  if (flock(fd, LOCK_EX | LOCK_NB) != 0 || !StillNamed(fd, part)) {
    close(fd);
    return absl::FailedPreconditionError(
        StrCat(part, " is being written by another process; let it end, or write to another file"));
  }
  PartFile out(fd, path, request);
  STANFLOW_RETURN_IF_ERROR(out.Restore(restart));
  return out;
}

PartFile::PartFile(PartFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      path_(std::move(other.path_)),
      request_(std::move(other.request_)),
      resumed_(std::move(other.resumed_)),
      bytes_(other.bytes_),
      published_(other.published_) {}

PartFile::~PartFile() {
  if (fd_ < 0) return;
  // A request that was refused leaves no trace.
  if (!published_ && lseek(fd_, 0, SEEK_END) == 0) unlink(PartPath(path_).c_str());
  close(fd_);
}

absl::Status PartFile::Restore(bool restart) {
  const std::string resume = ResumePath(path_);
  if (restart) STANFLOW_RETURN_IF_ERROR(RemoveAll(resume));
  const auto text = ReadFile(resume);
  if (text.ok()) {
    STANFLOW_ASSIGN_OR_RETURN(Saved saved, ParseSaved(resume, *text));
    if (saved.request != request_) {
      return absl::FailedPreconditionError(
          StrCat(PartPath(path_),
                 " was begun with other flags; repeat those to go on with it, or start over with --restart"));
    }
    STANFLOW_ASSIGN_OR_RETURN(const uint64_t size, FileSize(PartPath(path_)));
    if (size < saved.checkpoint.bytes) {
      return absl::FailedPreconditionError(
          StrCat(PartPath(path_), " is shorter than ", resume, " says; start over with --restart"));
    }
    resumed_ = std::move(saved.checkpoint);
  } else if (!absl::IsNotFound(text.status())) {
    return text.status();
  }
  bytes_ = resumed_.bytes;
  if (ftruncate(fd_, static_cast<off_t>(bytes_)) != 0)
    return ErrnoToStatus(errno, "can't cut", PartPath(path_));
  if (lseek(fd_, 0, SEEK_END) < 0) return ErrnoToStatus(errno, "can't write", PartPath(path_));
  return absl::OkStatus();
}

absl::Status PartFile::Append(std::string_view data) {
  const int error = WriteAll(fd_, data);
  if (error != 0) return ErrnoToStatus(error, "can't write", PartPath(path_));
  bytes_ += data.size();
  return absl::OkStatus();
}

absl::Status PartFile::Save(const Checkpoint& checkpoint) {
  if (fdatasync(fd_) != 0) return ErrnoToStatus(errno, "can't sync", PartPath(path_));
  const nlohmann::json saved = {{"request", request_},
                                {"bytes", bytes_},
                                {"rows", checkpoint.rows},
                                {"token", absl::Base64Escape(checkpoint.token)},
                                {"total_packets", checkpoint.total_packets},
                                {"total_bytes", checkpoint.total_bytes},
                                {"last_end_ms", checkpoint.last_end_ms}};
  return WriteFileDurably(ResumePath(path_), saved.dump() + "\n");
}

absl::Status PartFile::Publish() {
  if (fsync(fd_) != 0) return ErrnoToStatus(errno, "can't sync", PartPath(path_));
  if (rename(PartPath(path_).c_str(), path_.c_str()) != 0) return ErrnoToStatus(errno, "can't write", path_);
  published_ = true;
  STANFLOW_RETURN_IF_ERROR(RemoveAll(ResumePath(path_)));
  return SyncDirectory(DirectoryOf(path_));
}

}  // namespace stanflow
