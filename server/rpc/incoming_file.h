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

// What arrives in pieces, a file or a folder of files, and is kept only if all of it came. Its destructor
// removes it. Not thread-safe.
class Incoming {
 public:
  virtual ~Incoming() = default;
  // INVALID_ARGUMENT beyond a limit; RESOURCE_EXHAUSTED, naming the folder, where the disk is full.
  virtual absl::Status Append(std::string_view data) = 0;
  // Everything came: compares sizes and digests, syncs. INVALID_ARGUMENT where they differ.
  virtual absl::Status Complete() = 0;
  virtual const std::string& path() const = 0;
  // Somebody else took it over: it is not removed any more.
  virtual void Release() = 0;
};

class IncomingFile final : public Incoming {
 public:
  // Makes a file with a name of its own in `dir`, which is made if missing. INVALID_ARGUMENT for limits that
  // contradict each other ("size_bytes: ...").
  static absl::StatusOr<std::unique_ptr<IncomingFile>> Create(const std::string& dir,
                                                              IncomingFileLimits limits);
  // As above, the file `path` in `dir`.
  static absl::StatusOr<std::unique_ptr<IncomingFile>> CreateAt(const std::string& dir, std::string path,
                                                                IncomingFileLimits limits);
  ~IncomingFile() override;
  IncomingFile(const IncomingFile&) = delete;
  IncomingFile& operator=(const IncomingFile&) = delete;

  absl::Status Append(std::string_view data) override;
  absl::Status Complete() override;
  const std::string& path() const override { return path_; }
  void Release() override { path_.clear(); }

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
