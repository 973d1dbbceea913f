#ifndef STANFLOW_SERVER_REGISTRY_DATASET_REGISTRY_H_
#define STANFLOW_SERVER_REGISTRY_DATASET_REGISTRY_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/mutex.h"
#include "core/dataset/dataset.h"

namespace stanflow {

struct DatasetInfo {
  DatasetManifest manifest;
  uint64_t disk_bytes = 0;
};

// Published datasets: DATA_DIR/datasets/ID/ (core/dataset/dataset.h, and publish.json). A folder appears
// whole, by rename, and never changes; a dataset that grows gets a new one. Thread-safe; one process a data
// folder.
class DatasetRegistry {
 public:
  explicit DatasetRegistry(std::string data_dir) : data_dir_(std::move(data_dir)) {}

  // "datasets/ID" or "ID". INVALID_ARGUMENT as "FIELD: ..."; NOT_FOUND lists what there is.
  absl::StatusOr<DatasetInfo> Get(std::string_view field, std::string_view name) const;
  // By name.
  absl::StatusOr<std::vector<DatasetInfo>> List() const;
  bool Exists(const std::string& id) const;

  // Gives the complete, synced folder the name `id` and answers it. A second call of one job, and a call with
  // the same contents, home and hold-out, answer what is there. ALREADY_EXISTS if the name is taken by
  // others.
  absl::StatusOr<std::string> Publish(const std::string& dataset_dir, const std::string& id,
                                      const std::string& job_id);
  // The same for a dataset that the job makes again with more rows: the name goes from one folder to the next
  // at once, and what is open of the former stays readable. The name may be free, the job's own, or that of a
  // dataset whose digest is `base_digest` (empty: none), which the job began with; else ALREADY_EXISTS.
  // `dataset_dir` is gone when OK. After a crash in between it may hold the former rows.
  absl::Status Replace(const std::string& dataset_dir, const std::string& id, const std::string& job_id,
                       const std::string& base_digest);
  // The caller knows that no job reads it; files that are open stay readable.
  absl::Status Delete(const std::string& id);

 private:
  std::string Folder(const std::string& id) const { return data_dir_ + "/datasets/" + id; }
  absl::Status NoSuchDataset(std::string_view id) const;
  absl::Status CheckIsOf(const std::string& id, const std::string& job_id,
                         const std::string& base_digest) const;

  const std::string data_dir_;
  Mutex mutex_;  // Held while something below datasets/ changes.
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_REGISTRY_DATASET_REGISTRY_H_
