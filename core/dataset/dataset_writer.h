#ifndef STANFLOW_CORE_DATASET_DATASET_WRITER_H_
#define STANFLOW_CORE_DATASET_DATASET_WRITER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/dataset/dataset.h"
#include "core/dataset/holdout.h"
#include "core/flow/address.h"
#include "core/flow/flow_reader.h"

namespace stanflow {

struct ImportProgress {
  double fraction = 0;     // of the whole import, 0 to 1
  std::string_view phase;  // "reading", then "grouping"
  uint64_t rows = 0;       // accepted so far
  uint64_t rejected_rows = 0;
};

struct DatasetWriterOptions {
  std::string name;
  std::vector<Cidr> home;  // at least one: which address of a flow is its home host
  Holdout holdout;
  // Share of unusable rows, 0 to 1, from which the import fails: a few are a collector's
  // hiccups, more are another schema.
  double max_rejected_share = 0.01;
  int64_t created_ms = 0;  // since the epoch
  // Called after every batch; a status that is not OK stops the import and is its answer.
  std::function<absl::Status(const ImportProgress&)> progress = [](const ImportProgress&) {
    return absl::OkStatus();
  };
};

// Reads `reader` to its end and makes the dataset `dir`, which is replaced if it is there. A
// row without an address in the home networks is rejected; of two home addresses the source
// is the home host. Memory does not grow with the file; needs about twice the dataset's disk
// space while it runs. `dir` is complete and durable when OK (dataset.json is written last).
// INVALID_ARGUMENT with counts and reasons if no row, or too few, can be used; errors of the reader as they
// are.
absl::StatusOr<DatasetManifest> WriteDataset(FlowReader* reader, const DatasetWriterOptions& options,
                                             const std::string& dir);

}  // namespace stanflow

#endif  // STANFLOW_CORE_DATASET_DATASET_WRITER_H_
