#ifndef STANFLOW_CLIENT_CLI_LIB_TEMPORARY_DATASET_H_
#define STANFLOW_CLIENT_CLI_LIB_TEMPORARY_DATASET_H_

#include <string>

#include "client/cli/lib/cli.h"

namespace stanflow {

// A file of flows as a dataset on the server, for as long as this lives. No other run has one of its name,
// unless both are of one request: then both are of one job. Not copied; not safe for concurrent use.
class TemporaryDataset {
 public:
  // Waits for the import. `cli` and `server` outlive it. `request_id`: of the request that will name the
  // dataset, which is to name the same one when it is repeated; empty: none. FAILED_PRECONDITION with the
  // reason if the import failed.
  static absl::StatusOr<TemporaryDataset> Import(const Cli& cli, const Server& server,
                                                 const std::string& path, const std::string& home,
                                                 const std::string& request_id);
  TemporaryDataset(TemporaryDataset&& other) noexcept;
  // Deletes the dataset; says how to do it later where that fails.
  ~TemporaryDataset();

  const std::string& name() const { return name_; }  // "datasets/ID"
  void Keep() { name_to_delete_.clear(); }

 private:
  TemporaryDataset(const Cli& cli, const Server& server, const std::string& name)
      : cli_(cli), server_(server), name_(name), name_to_delete_(name) {}

  const Cli& cli_;
  const Server& server_;
  std::string name_;
  std::string name_to_delete_;
};

}  // namespace stanflow

#endif  // STANFLOW_CLIENT_CLI_LIB_TEMPORARY_DATASET_H_
