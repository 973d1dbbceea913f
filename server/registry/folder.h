#ifndef STANFLOW_SERVER_REGISTRY_FOLDER_H_
#define STANFLOW_SERVER_REGISTRY_FOLDER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace stanflow {

// What both registries do to published folders.

// Names, sorted; none if `dir` is not there.
std::vector<std::string> SubFolders(const std::string& dir);

// Sum of the sizes of the files in `dir`; one that vanishes meanwhile counts as 0.
uint64_t FolderBytes(const std::string& dir);

// Takes the folder's name away at once and durably, then removes it by way of `trash_dir`,
// so that a crash never leaves half a folder under its name.
absl::Status RemoveFolder(const std::string& dir, const std::string& trash_dir);

// A new empty folder below `parent`, for what is being made; the caller removes it.
absl::StatusOr<std::string> MakeScratchFolder(const std::string& parent);

// A new empty file below `parent`, which is made if missing; the caller removes it.
absl::StatusOr<std::string> MakeScratchFile(const std::string& parent);

// The record of which job published a folder; what makes publishing idempotent. A missing file reads as "".
absl::StatusOr<std::string> ReadPublishedBy(const std::string& path);
absl::Status WritePublishedBy(const std::string& path, const std::string& job_id);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_REGISTRY_FOLDER_H_
