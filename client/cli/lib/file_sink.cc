#include "client/cli/lib/file_sink.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "core/base/file.h"
#include "core/base/status_macros.h"

namespace stanflow {
namespace {

bool IsSpecialFile(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
}

// Also where that is a regular file: it has an offset, and bytes that must stay.
bool IsOpenAs(int fd, const std::string& path) {
  struct stat named {
  }, opened{};
  return stat(path.c_str(), &named) == 0 && fstat(fd, &opened) == 0 && named.st_ino == opened.st_ino &&
         named.st_dev == opened.st_dev;
}

// What a link leads to, whether it is there or not.
std::string FollowLinks(const std::string& path) {
  constexpr int kMostLinks = 40;  // the system's own limit
  std::filesystem::path at = path;
  std::error_code error;
  for (int i = 0; i < kMostLinks && is_symlink(symlink_status(at, error)); ++i) {
    const std::filesystem::path target = read_symlink(at, error);
    if (error) break;
    at = at.parent_path() / target;
  }
  return at.string();
}

}  // namespace

absl::StatusOr<FileSink> FileSink::Open(const Cli& cli, const std::string& path, const std::string& request,
                                        bool restart) {
  FileSink out(path);
  if (path.empty() || path == "-" || IsOpenAs(STDOUT_FILENO, path)) {
    out.stream_ = cli.out;
  } else if (IsOpenAs(STDERR_FILENO, path)) {
    out.stream_ = cli.err;
  } else if (IsSpecialFile(path)) {
    out.fd_ = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (out.fd_ < 0) return ErrnoToStatus(errno, "can't write", path);
  } else {
    STANFLOW_ASSIGN_OR_RETURN(PartFile part, PartFile::Open(FollowLinks(path), request, restart));
    out.part_.emplace(std::move(part));
  }
  return out;
}

FileSink::FileSink(FileSink&& other) noexcept
    : path_(std::move(other.path_)),
      stream_(other.stream_),
      fd_(std::exchange(other.fd_, -1)),
      part_(std::move(other.part_)) {}

FileSink::~FileSink() {
  if (fd_ >= 0) close(fd_);
}

const PartFile::Checkpoint& FileSink::resumed() const {
  static const PartFile::Checkpoint kNothing;
  return part_.has_value() ? part_->resumed() : kNothing;
}

absl::Status FileSink::Append(std::string_view text) {
  if (part_.has_value()) return part_->Append(text);
  if (stream_ != nullptr) return stream_->Write(text);
  const int error = WriteAll(fd_, text);
  return error == 0 ? absl::OkStatus() : ErrnoToStatus(error, "can't write", path_);
}

absl::Status FileSink::Save(const PartFile::Checkpoint& checkpoint) {
  return part_.has_value() ? part_->Save(checkpoint) : absl::OkStatus();
}

absl::Status FileSink::Finish() { return part_.has_value() ? part_->Publish() : absl::OkStatus(); }

absl::Status WriteOutput(const Cli& cli, const std::string& path, std::string_view bytes) {
  STANFLOW_ASSIGN_OR_RETURN(FileSink sink, FileSink::Open(cli, path, "", /*restart=*/true));
  STANFLOW_RETURN_IF_ERROR(sink.Append(bytes));
  return sink.Finish();
}

}  // namespace stanflow
