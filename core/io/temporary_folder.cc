#include "core/io/temporary_folder.h"

#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

absl::StatusOr<std::string> SystemFolder() {
  std::error_code error;
  const auto folder = std::filesystem::temp_directory_path(error);
  if (error) return ErrnoToStatus(error.value(), "can't use", "TMPDIR");
  return folder.string();
}

}  // namespace

absl::StatusOr<TemporaryFolder> TemporaryFolder::Create(const std::string& parent) {
  std::string in = parent;
  if (in.empty()) {
    STANFLOW_ASSIGN_OR_RETURN(in, SystemFolder());
  } else {
    STANFLOW_RETURN_IF_ERROR(MakeDirectories(in));
  }
  std::string name = StrCat(in, "/stanflow.XXXXXX");
  if (::mkdtemp(name.data()) == nullptr) return ErrnoToStatus(errno, "can't create", name);
  return TemporaryFolder(std::move(name));
}

TemporaryFolder::~TemporaryFolder() {
  if (!path_.empty()) RemoveAll(path_).IgnoreError();
}

}  // namespace stanflow
