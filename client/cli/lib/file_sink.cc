#include "client/cli/lib/file_sink.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "core/base/file.h"
#include "core/base/status_macros.h"

namespace stanflow {
namespace {

bool IsSpecialFile(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
}

}  // namespace

absl::StatusOr<FileSink> FileSink::Open(const Cli& cli, const std::string& path, const std::string& request,
                                        bool restart) {
  FileSink out(cli, path);
  if (path.empty() || path == "-") return out;
  if (IsSpecialFile(path)) {
    out.fd_ = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (out.fd_ < 0) return ErrnoToStatus(errno, "can't write", path);
    return out;
  }
  STANFLOW_ASSIGN_OR_RETURN(PartFile part, PartFile::Open(path, request, restart));
  out.part_.emplace(std::move(part));
  return out;
}

FileSink::FileSink(FileSink&& other) noexcept
    : cli_(other.cli_),
      path_(std::move(other.path_)),
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
  if (fd_ < 0) return cli_.out->Write(text);
  const int error = WriteAll(fd_, text);
  return error == 0 ? absl::OkStatus() : ErrnoToStatus(error, "can't write", path_);
}

absl::Status FileSink::Save(const PartFile::Checkpoint& checkpoint) {
  return part_.has_value() ? part_->Save(checkpoint) : absl::OkStatus();
}

absl::Status FileSink::Finish() { return part_.has_value() ? part_->Publish() : absl::OkStatus(); }

}  // namespace stanflow
