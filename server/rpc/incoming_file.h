#ifndef STANFLOW_SERVER_RPC_INCOMING_FILE_H_
#define STANFLOW_SERVER_RPC_INCOMING_FILE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/digest.h"
#include "core/base/file.h"

namespace stanflow {

struct IncomingFileLimits {
  uint64_t max_bytes = 0;
  uint64_t expected_bytes = 0;  // 0: unknown
  std::string expected_sha256;  // 32 bytes; empty: unknown
};

// A file that arrives in pieces and is kept only if all of it came. Not thread-safe.
class IncomingFile {
 public:
  // Makes a file with a name of its own in `dir`, which is made if missing. INVALID_ARGUMENT for limits that
  // contradict each other ("size_bytes: ...").
  static absl::StatusOr<std::unique_ptr<IncomingFile>> Create(const std::string& dir,
                                                              IncomingFileLimits limits);
  // Removes the file.
  ~IncomingFile();
  IncomingFile(const IncomingFile&) = delete;
  IncomingFile& operator=(const IncomingFile&) = delete;

  // INVALID_ARGUMENT beyond a limit; RESOURCE_EXHAUSTED, naming the folder, where the disk is full.
  absl::Status Append(std::string_view data);
  // Everything came: compares size and digest, syncs. INVALID_ARGUMENT where they differ.
  absl::Status Complete();
  const std::string& path() const { return path_; }
  // Somebody else took the file over: it is not removed any more.
  void Release() { path_.clear(); }

 private:
  IncomingFile(std::string dir, std::string path, FileWriter writer, IncomingFileLimits limits);
  absl::Status NameFolder(const absl::Status& status) const;

  const std::string dir_;
  std::string path_;
  FileWriter writer_;
  const IncomingFileLimits limits_;
  Sha256 digest_;
  uint64_t bytes_ = 0;
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_RPC_INCOMING_FILE_H_
