#ifndef STANFLOW_CORE_BASE_FILE_H_
#define STANFLOW_CORE_BASE_FILE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace stanflow {

// Errors of all of these name the path and the system's reason. A full disk or quota is
// RESOURCE_EXHAUSTED, a missing file NOT_FOUND, a missing right PERMISSION_DENIED, else INTERNAL.
absl::Status ErrnoToStatus(int error, std::string_view what, std::string_view path);

absl::StatusOr<std::string> ReadFile(const std::string& path);
absl::StatusOr<uint64_t> FileSize(const std::string& path);

// Replaces `path` whole: after a crash at any moment it holds the old or the new contents.
// Durable when OK. Leaves no temporary file behind on an error. Two writers of one path are safe; the last
// one wins.
absl::Status WriteFileDurably(const std::string& path, std::string_view contents);

// Makes missing parents too; one that exists already is fine. What was made is durable when OK.
absl::Status MakeDirectories(const std::string& path);
absl::Status SyncDirectory(const std::string& path);
// Removes a file or a whole folder; one that is not there is fine.
absl::Status RemoveAll(const std::string& path);
// Gives a complete folder, whose files are synced already, its name: syncs it, renames, syncs both parents.
// ALREADY_EXISTS, and nothing changed, if `to` is there and not empty.
absl::Status PublishDirectory(const std::string& from, const std::string& to);
// Gives a complete folder, whose files are synced already, the name of another one, which gets its: at no
// moment does either name have no folder. FAILED_PRECONDITION, and nothing changed, on a file system that
// can't.
absl::Status ExchangeDirectories(const std::string& a, const std::string& b);

// Writes one file in order, through a buffer. Not safe for concurrent use. What was
// appended is durable only after Sync() or Finish() was OK.
class FileWriter {
 public:
  // Truncates a file that is there.
  static absl::StatusOr<FileWriter> Create(const std::string& path);
  // ALREADY_EXISTS if anything of that name is there, a link too.
  static absl::StatusOr<FileWriter> CreateNew(const std::string& path);
  // Goes on behind the first `size` bytes of a file that is there, and cuts off the rest. DATA_LOSS, and the
  // file is as it was, if it has fewer. A link is not followed.
  static absl::StatusOr<FileWriter> Continue(const std::string& path, uint64_t size);
  FileWriter(FileWriter&& other) noexcept;
  FileWriter& operator=(FileWriter&& other) noexcept;
  ~FileWriter();  // Closes without a flush.

  absl::Status Append(std::string_view data);
  // Flushes and syncs; more may be appended.
  absl::Status Sync();
  // Flushes, syncs and closes; nothing may be appended afterwards.
  absl::Status Finish();
  // As Finish, for a file that need not survive a crash.
  absl::Status FinishWithoutSync();

 private:
  FileWriter(int fd, std::string path);
  absl::Status Flush();
  absl::Status Close(bool sync);

  int fd_ = -1;
  std::string path_;
  std::string buffer_;
};

// An advisory lock on a whole file, held until destruction or the process's death (flock: the
// kernel releases it after kill -9; a child gets no copy, the descriptor closes on exec).
class FileLock {
 public:
  // Makes the file if needed and writes the holder's process id into it, if the disk has room for that.
  // FAILED_PRECONDITION, with the holder's process id, if another open file holds the lock.
  static absl::StatusOr<FileLock> TryAcquire(const std::string& path);
  FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileLock& operator=(FileLock&& other) noexcept;
  ~FileLock();

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_ = -1;
};

// A file's contents as memory, read from disk as they are touched. Immutable: any number of
// threads may read. The file must not be shortened while it is mapped.
class MappedFile {
 public:
  static absl::StatusOr<MappedFile> Open(const std::string& path);
  MappedFile() = default;
  MappedFile(MappedFile&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  std::string_view bytes() const { return {data_, size_}; }
  size_t size() const { return size_; }
  // The file as an array; the file is page-aligned, so that any fixed-width type is aligned too.
  template <typename T>
  const T* As() const {
    return reinterpret_cast<const T*>(data_);
  }

 private:
  MappedFile(const char* data, size_t size) : data_(data), size_(size) {}
  const char* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_BASE_FILE_H_
