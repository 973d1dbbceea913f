#include "core/base/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <vector>

#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

namespace fs = std::filesystem;

constexpr size_t kBufferBytes = 256 << 10;

// Descriptor that closes itself.
struct Fd {
  int value = -1;
  ~Fd() {
    if (value >= 0) ::close(value);
  }
};

std::string ParentOf(const std::string& path) {
  const std::string parent = fs::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

// A name beside `path` that no other writer of this or another process uses.
std::string TemporaryName(const std::string& path) {
  static std::atomic<uint64_t> counter{0};
  return StrCat(path, ".tmp.", ::getpid(), ".", counter.fetch_add(1));
}

absl::Status SyncFd(int fd, const std::string& path) {
  if (::fsync(fd) != 0) return ErrnoToStatus(errno, "can't sync", path);
  return absl::OkStatus();
}

}  // namespace

absl::Status ErrnoToStatus(int error, std::string_view what, std::string_view path) {
  const std::string text = StrCat(what, " ", path, ": ", std::strerror(error));
  switch (error) {
    case ENOENT:
      return absl::NotFoundError(text);
    case EEXIST:
    case ENOTEMPTY:
      return absl::AlreadyExistsError(text);
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::PermissionDeniedError(text);
    case ENOSPC:
    case EDQUOT:
      return absl::ResourceExhaustedError(StrCat(text, "; free some space and try again"));
    default:
      return absl::InternalError(text);
  }
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  Fd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (fd.value < 0) return ErrnoToStatus(errno, "can't open", path);
  std::string contents;
  char buffer[64 << 10];
  while (true) {
    const ssize_t n = ::read(fd.value, buffer, sizeof(buffer));
    if (n == 0) return contents;
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return ErrnoToStatus(errno, "can't read", path);
    contents.append(buffer, static_cast<size_t>(n));
  }
}

absl::StatusOr<uint64_t> FileSize(const std::string& path) {
  std::error_code error;
  const uint64_t size = fs::file_size(path, error);
  if (error) return ErrnoToStatus(error.value(), "can't look at", path);
  return size;
}

absl::Status WriteFileDurably(const std::string& path, std::string_view contents) {
  const std::string temporary = TemporaryName(path);
  const auto write = [&]() -> absl::Status {
    STANFLOW_ASSIGN_OR_RETURN(FileWriter writer, FileWriter::Create(temporary));
    STANFLOW_RETURN_IF_ERROR(writer.Append(contents));
    STANFLOW_RETURN_IF_ERROR(writer.Finish());
    if (::rename(temporary.c_str(), path.c_str()) != 0) return ErrnoToStatus(errno, "can't rename to", path);
    return SyncDirectory(ParentOf(path));
  };
  absl::Status status = write();
  if (!status.ok()) ::unlink(temporary.c_str());
  return status;
}

absl::Status MakeDirectories(const std::string& path) {
  std::error_code error;
  std::vector<std::string> missing;  // innermost first
  for (fs::path p = path; !p.empty() && !fs::exists(p, error); p = p.parent_path()) {
    missing.push_back(p.string());
  }
  fs::create_directories(path, error);
  if (error) return ErrnoToStatus(error.value(), "can't make folder", path);
  // A name is as durable as the folder that it stands in.
  for (const std::string& made : missing) STANFLOW_RETURN_IF_ERROR(SyncDirectory(ParentOf(made)));
  return absl::OkStatus();
}

absl::Status SyncDirectory(const std::string& path) {
  Fd fd{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (fd.value < 0) return ErrnoToStatus(errno, "can't open folder", path);
  return SyncFd(fd.value, path);
}

absl::Status RemoveAll(const std::string& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error) return ErrnoToStatus(error.value(), "can't remove", path);
  return absl::OkStatus();
}

absl::Status PublishDirectory(const std::string& from, const std::string& to) {
  STANFLOW_RETURN_IF_ERROR(SyncDirectory(from));
  if (::rename(from.c_str(), to.c_str()) != 0) return ErrnoToStatus(errno, "can't rename to", to);
  STANFLOW_RETURN_IF_ERROR(SyncDirectory(ParentOf(to)));
  return SyncDirectory(ParentOf(from));
}

absl::Status ExchangeDirectories(const std::string& a, const std::string& b) {
  STANFLOW_RETURN_IF_ERROR(SyncDirectory(a));
  if (::renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE) != 0) {
    if (errno != EINVAL && errno != ENOSYS) return ErrnoToStatus(errno, "can't exchange names with", b);
    return absl::FailedPreconditionError(
        StrCat(b, " is on a file system that can't exchange two names at once; ext4, xfs, btrfs, tmpfs can"));
  }
  STANFLOW_RETURN_IF_ERROR(SyncDirectory(ParentOf(b)));
  return SyncDirectory(ParentOf(a));
}

FileWriter::FileWriter(int fd, std::string path) : fd_(fd), path_(std::move(path)) {
  buffer_.reserve(kBufferBytes);
}

absl::StatusOr<FileWriter> FileWriter::Create(const std::string& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return ErrnoToStatus(errno, "can't create", path);
  return FileWriter(fd, path);
}

absl::StatusOr<FileWriter> FileWriter::CreateNew(const std::string& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0) return ErrnoToStatus(errno, "can't create", path);
  return FileWriter(fd, path);
}

absl::StatusOr<FileWriter> FileWriter::Continue(const std::string& path, uint64_t size) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return ErrnoToStatus(errno, "can't open", path);
  FileWriter writer(fd, path);
  const off_t end = ::lseek(fd, 0, SEEK_END);
  if (end < 0) return ErrnoToStatus(errno, "can't look at", path);
  if (static_cast<uint64_t>(end) < size) {
    return absl::DataLossError(StrCat(path, " has ", end, " bytes; ", size, " were written"));
  }
  const auto offset = static_cast<off_t>(size);
  if (::ftruncate(fd, offset) != 0 || ::lseek(fd, offset, SEEK_SET) < 0) {
    return ErrnoToStatus(errno, "can't cut back", path);
  }
  return writer;
}

FileWriter::FileWriter(FileWriter&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)), buffer_(std::move(other.buffer_)) {}

FileWriter& FileWriter::operator=(FileWriter&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(path_, other.path_);
  std::swap(buffer_, other.buffer_);
  return *this;
}

FileWriter::~FileWriter() {
  if (fd_ >= 0) ::close(fd_);
}

absl::Status FileWriter::Append(std::string_view data) {
  buffer_.append(data);
  return buffer_.size() < kBufferBytes ? absl::OkStatus() : Flush();
}

absl::Status FileWriter::Flush() {
  size_t done = 0;
  while (done < buffer_.size()) {
    const ssize_t n = ::write(fd_, buffer_.data() + done, buffer_.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return ErrnoToStatus(errno, "can't write", path_);
    done += static_cast<size_t>(n);
  }
  buffer_.clear();
  return absl::OkStatus();
}

absl::Status FileWriter::Close(bool sync) {
  STANFLOW_RETURN_IF_ERROR(Flush());
  if (sync) STANFLOW_RETURN_IF_ERROR(SyncFd(fd_, path_));
  if (::close(std::exchange(fd_, -1)) != 0) return ErrnoToStatus(errno, "can't close", path_);
  return absl::OkStatus();
}

absl::Status FileWriter::Sync() {
  STANFLOW_RETURN_IF_ERROR(Flush());
  return SyncFd(fd_, path_);
}

absl::Status FileWriter::Finish() { return Close(/*sync=*/true); }
absl::Status FileWriter::FinishWithoutSync() { return Close(/*sync=*/false); }

}  // namespace stanflow
