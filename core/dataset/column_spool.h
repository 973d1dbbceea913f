#ifndef STANFLOW_CORE_DATASET_COLUMN_SPOOL_H_
#define STANFLOW_CORE_DATASET_COLUMN_SPOOL_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/base/file.h"
#include "core/flow/flow.h"

namespace stanflow {

// Flows in order of arrival, as one file a column in a folder of its own. Not durable, and not
// safe for concurrent use.
class ColumnSpool {
 public:
  static absl::StatusOr<ColumnSpool> Create(const std::string& dir);
  absl::Status Append(const FlowTable& flows);
  absl::Status Finish();

 private:
  explicit ColumnSpool(std::vector<FileWriter> files) : files_(std::move(files)) {}
  std::vector<FileWriter> files_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_DATASET_COLUMN_SPOOL_H_
