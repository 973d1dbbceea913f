#include "core/dataset/scratch_index.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "core/base/file.h"

namespace stanflow {

absl::StatusOr<ScratchIndex> ScratchIndex::Create(const std::string& path, size_t size) {
  const size_t bytes = size * sizeof(uint64_t);
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return ErrnoToStatus(errno, "can't create", path);
  int error = bytes == 0 ? 0 : ::posix_fallocate(fd, 0, static_cast<off_t>(bytes));
  void* data = nullptr;
  if (error == 0 && bytes > 0) {
    data = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (data == MAP_FAILED) error = errno;
  }
  ::close(fd);
  if (error != 0) {
    ::unlink(path.c_str());
    return ErrnoToStatus(error, "can't take space for", path);
  }
  return ScratchIndex(path, static_cast<uint64_t*>(data), size);
}

ScratchIndex::ScratchIndex(ScratchIndex&& other) noexcept
    : path_(std::exchange(other.path_, {})),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

ScratchIndex::~ScratchIndex() {
  if (data_ != nullptr) ::munmap(data_, size_ * sizeof(uint64_t));
  if (!path_.empty()) ::unlink(path_.c_str());
}

}  // namespace stanflow
