#ifndef STANFLOW_CORE_EXPORT_FILE_PARTS_H_
#define STANFLOW_CORE_EXPORT_FILE_PARTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace stanflow {

// The file that `path` names: relative paths start in `folder`. INVALID_ARGUMENT, naming the path, if it
// leads out of `folder` (by "..", as an absolute path or by a symbolic link as they are now), through a link
// to nowhere, or is a folder. Neither needs to be there.
absl::StatusOr<std::string> ResolveFileIn(const std::string& folder, const std::string& path);

// The names of a file that is written in parts: flows.csv has flows.000001.csv, flows.000002.csv, ..., and a
// part that is not complete has ".part" behind its name. Immutable.
class FileParts {
 public:
  explicit FileParts(const std::string& path);

  const std::string& folder() const { return folder_; }
  std::string Complete(uint64_t number) const;
  std::string Incomplete(uint64_t number) const { return Complete(number) + ".part"; }

  struct Found {
    uint64_t number;
    bool complete;
  };
  // Those that are there, in no order; none if the folder is not there.
  absl::StatusOr<std::vector<Found>> Find() const;

 private:
  // Of a complete part's name; nothing for another file's.
  std::optional<uint64_t> NumberOf(std::string_view name) const;

  std::string folder_, stem_, extension_;  // extension with its dot
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_FILE_PARTS_H_
