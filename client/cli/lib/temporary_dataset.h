#ifndef STANFLOW_CLIENT_CLI_LIB_TEMPORARY_DATASET_H_
#define STANFLOW_CLIENT_CLI_LIB_TEMPORARY_DATASET_H_

#include <string>

#include "client/cli/lib/cli.h"

namespace stanflow {

// A file of flows as a dataset on the server, for as long as this lives. Its name is made of the
// contents' digest and the home network: what a killed run has left is used again. Not copied; not
// safe for concurrent use.
class TemporaryDataset {
 public:
  // Waits for the import. `cli` and `server` outlive it. FAILED_PRECONDITION with the reason if the import
  // failed.
  static absl::StatusOr<TemporaryDataset> Import(const Cli& cli, const Server& server,
                                                 const std::string& path, const std::string& home);
  TemporaryDataset(TemporaryDataset&& other) noexcept;
  // Deletes the dataset; one that another evaluation still reads is left to that one.
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
