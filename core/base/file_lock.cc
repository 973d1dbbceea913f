#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/ascii.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/strings.h"

namespace stanflow {

absl::StatusOr<FileLock> FileLock::TryAcquire(const std::string& path) {
  FileLock lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (lock.fd_ < 0) return ErrnoToStatus(errno, "can't open lock file", path);
  if (::flock(lock.fd_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return ErrnoToStatus(errno, "can't lock", path);
    const auto holder = ReadFile(path);
    const std::string pid = holder.ok() ? std::string(absl::StripAsciiWhitespace(*holder)) : "";
    return absl::FailedPreconditionError(
        StrCat(path, " is locked by another process", pid.empty() ? "" : StrCat(" (pid ", pid, ")")));
  }
  // Only for the error above: a lock without its holder's id is still a lock, on a full disk too.
  const std::string pid = StrCat(::getpid(), "\n");
  if (::ftruncate(lock.fd_, 0) != 0 || ::pwrite(lock.fd_, pid.data(), pid.size(), 0) < 0) {
    const absl::Status error = ErrnoToStatus(errno, "can't write lock file", path);
    LogWarning("lock does not name its holder", {{"error", error.ToString()}});
  }
  return lock;
}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

FileLock::~FileLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace stanflow
