#ifndef STANFLOW_CORE_DATASET_COLUMN_SPOOL_H_
#define STANFLOW_CORE_DATASET_COLUMN_SPOOL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/base/file.h"
#include "core/flow/flow.h"

namespace stanflow {

// Flows in order of arrival, as one file a column in a folder of its own. Not safe for concurrent use.
class ColumnSpool {
 public:
  static absl::StatusOr<ColumnSpool> Create(const std::string& dir);
  // Goes on behind the first `rows` flows of a spool that is there. DATA_LOSS if it has fewer.
  static absl::StatusOr<ColumnSpool> Continue(const std::string& dir, uint64_t rows);
  absl::Status Append(const FlowTable& flows);
  // What was appended survives a crash once this is OK.
  absl::Status Sync();
  // Closes the files, which need not survive one.
  absl::Status Finish();

 private:
  explicit ColumnSpool(std::vector<FileWriter> files) : files_(std::move(files)) {}
  std::vector<FileWriter> files_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_DATASET_COLUMN_SPOOL_H_
