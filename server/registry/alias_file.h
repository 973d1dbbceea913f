#ifndef STANFLOW_SERVER_REGISTRY_ALIAS_FILE_H_
#define STANFLOW_SERVER_REGISTRY_ALIAS_FILE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace stanflow {

struct AliasChange {
  int64_t time_ms = 0;   // since the epoch
  uint64_t version = 0;  // 0: removed
};

// What models/M/aliases.json holds. A plain value.
struct AliasFile {
  // Every change of every alias, oldest first; the last one holds.
  std::map<std::string, std::vector<AliasChange>> history;
  // The largest version that was ever deleted: numbers are never given twice.
  uint64_t highest_deleted = 0;

  // 0: no such alias.
  uint64_t Version(const std::string& alias) const;
  std::vector<std::string> AliasesOf(uint64_t version) const;
};

// A file that is not there is an empty one; DATA_LOSS names a damaged one.
absl::StatusOr<AliasFile> ReadAliasFile(const std::string& path);
absl::Status WriteAliasFile(const std::string& path, const AliasFile& file);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_REGISTRY_ALIAS_FILE_H_
