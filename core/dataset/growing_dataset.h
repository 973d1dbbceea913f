#ifndef STANFLOW_CORE_DATASET_GROWING_DATASET_H_
#define STANFLOW_CORE_DATASET_GROWING_DATASET_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/dataset/column_spool.h"
#include "core/dataset/dataset.h"
#include "core/dataset/dataset_intake.h"
#include "core/dataset/host_grouping.h"
#include "nlohmann/json.hpp"

namespace stanflow {

struct GrowingDatasetOptions {
  std::string name;
  std::vector<Cidr> home;  // at least one
  Holdout holdout;
  uint64_t max_rows = 0;  // more are left out and counted
};

// Rows that come over time, kept in order of arrival in a folder of their own, of which a dataset can be made
// again and again:
//   COLUMN.bin    as a dataset's, in order of arrival
//   commit.json   how many rows count, what was rejected, and the caller's note; replaced whole
// What a commit says is what there is after a crash at any moment, rows and note together: whoever notes
// where its rows came from takes none twice and leaves none out. Not safe for concurrent use.
class GrowingDataset {
 public:
  // Goes on behind the last commit in `dir`, which is made if missing; what came after that commit is gone.
  static absl::StatusOr<std::unique_ptr<GrowingDataset>> Open(const std::string& dir,
                                                              const GrowingDatasetOptions& options);

  // Takes all rows of a dataset with the same home networks, and what it counts as rejected, as the first
  // ones.
  absl::Status Begin(const Dataset& base);
  // Takes the usable rows of a batch; `format` is its reader's.
  absl::Status Take(const FlowBatch& batch, std::string_view format);
  // Durable when OK, with all that was taken. `note` is any JSON.
  absl::Status Commit(nlohmann::json note);

  // Of the last commit; null before the first one.
  const nlohmann::json& note() const { return note_; }
  // These count what was not committed too.
  uint64_t rows() const { return intake_.rows(); }
  uint64_t rejected_rows() const { return intake_.rejects().count(); }
  // Since Open.
  uint64_t left_out_rows() const { return intake_.left_out(); }

  // Makes the dataset `dir` of the committed rows (there is one at least, and nothing was taken since the
  // commit), as WriteDataset does; a folder that is there is replaced. Needs disk space for another copy.
  absl::StatusOr<DatasetManifest> WriteTo(const std::string& dir, int64_t created_ms,
                                          const GroupingProgress& progress);

 private:
  GrowingDataset(std::string dir, GrowingDatasetOptions options, ColumnSpool spool);
  absl::Status Restore(const nlohmann::json& commit);
  void AddFormat(std::string_view format);

  const std::string dir_;
  const GrowingDatasetOptions options_;
  ColumnSpool spool_;
  DatasetIntake intake_;
  FlowTable accepted_;
  std::string format_;
  nlohmann::json note_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_DATASET_GROWING_DATASET_H_
