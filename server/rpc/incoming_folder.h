#ifndef STANFLOW_SERVER_RPC_INCOMING_FOLDER_H_
#define STANFLOW_SERVER_RPC_INCOMING_FOLDER_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/rpc/incoming_file.h"

namespace stanflow {

// Several files whose bytes arrive one after the other: a folder with the files 0, 1, 2, ... in their order.
class IncomingFolder final : public Incoming {
 public:
  // Of each file its size, more than 0, and digest are expected. A folder with a name of its own in `dir`,
  // which is made if missing. INVALID_ARGUMENT if all files together have more than `max_bytes`
  // ("files: ...") or a limit is wrong ("files[2].sha256: ...").
  static absl::StatusOr<std::unique_ptr<IncomingFolder>> Create(const std::string& dir, uint64_t max_bytes,
                                                                std::vector<IncomingFileLimits> files);
  ~IncomingFolder() override;
  IncomingFolder(const IncomingFolder&) = delete;
  IncomingFolder& operator=(const IncomingFolder&) = delete;

  absl::Status Append(std::string_view data) override;
  absl::Status Complete() override;
  const std::string& path() const override { return path_; }
  void Release() override { path_.clear(); }

 private:
  IncomingFolder(std::string dir, std::string path, std::vector<IncomingFileLimits> files)
      : dir_(std::move(dir)), path_(std::move(path)), files_(std::move(files)) {}
  absl::Status Begin();
  absl::Status End();
  absl::Status InFile(const absl::Status& status) const;

  const std::string dir_;
  std::string path_;
  const std::vector<IncomingFileLimits> files_;
  size_t current_ = 0;                  // the file that comes
  std::unique_ptr<IncomingFile> file_;  // it; null: none has begun, or all came
  uint64_t left_ = 0;                   // of it, bytes
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_RPC_INCOMING_FOLDER_H_
