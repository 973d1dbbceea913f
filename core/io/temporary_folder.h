#ifndef STANFLOW_CORE_IO_TEMPORARY_FOLDER_H_
#define STANFLOW_CORE_IO_TEMPORARY_FOLDER_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace stanflow {

// A new folder that nobody else has, removed with all that is in it when this object goes.
class TemporaryFolder {
 public:
  // In `parent`, which is made if missing; empty: the system's folder for temporary files (TMPDIR).
  static absl::StatusOr<TemporaryFolder> Create(const std::string& parent);
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, "")) {}
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder();

  const std::string& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_TEMPORARY_FOLDER_H_
