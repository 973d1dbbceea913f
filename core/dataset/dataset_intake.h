#ifndef STANFLOW_CORE_DATASET_DATASET_INTAKE_H_
#define STANFLOW_CORE_DATASET_DATASET_INTAKE_H_

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "core/dataset/dataset.h"
#include "core/dataset/reject_report.h"
#include "core/flow/flow.h"

namespace stanflow {

// Decides which flows of a source belong to a dataset, and counts all that its manifest says of them. Not
// safe for concurrent use.
class DatasetIntake {
 public:
  // Flows beyond `max_rows` are left out and counted.
  DatasetIntake(std::vector<Cidr> home, Holdout holdout,
                uint64_t max_rows = std::numeric_limits<uint64_t>::max());

  // Replaces `accepted` by the batch's flows that have an address in the home networks; the others, and the
  // reader's own rejects, go to rejects() by line.
  void Take(const FlowBatch& batch, FlowTable* accepted);
  // Counts a flow that an earlier intake has accepted.
  void Count(const Flow& flow);

  uint64_t rows() const { return manifest_.rows; }
  uint64_t left_out() const { return left_out_; }
  const std::vector<Cidr>& home() const { return manifest_.home; }
  const std::map<uint32_t, uint64_t>& rows_of_host() const { return rows_of_host_; }
  RejectReport& rejects() { return rejects_; }
  const RejectReport& rejects() const { return rejects_; }

  // Writes dataset.json of the grouped columns in `dir`, which it makes complete and durable. There is a row.
  absl::StatusOr<DatasetManifest> WriteManifest(const std::string& dir, const std::string& name,
                                                const std::string& format, int64_t created_ms) const;

 private:
  void CountAtHome(const Flow& flow, uint32_t home_address);

  const uint64_t max_rows_;
  DatasetManifest manifest_;
  RejectReport rejects_;
  std::map<uint32_t, uint64_t> rows_of_host_;
  uint64_t left_out_ = 0;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_DATASET_DATASET_INTAKE_H_
