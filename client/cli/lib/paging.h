#ifndef STANFLOW_CLIENT_CLI_LIB_PAGING_H_
#define STANFLOW_CLIENT_CLI_LIB_PAGING_H_

#include <vector>

#include "client/cpp/server.h"

namespace stanflow {

// Lists over all their pages.
absl::StatusOr<std::vector<stanflow::v1::Dataset>> AllDatasets(const Server& server);
absl::StatusOr<std::vector<stanflow::v1::ModelVersion>> AllModels(const Server& server);
// At most `limit` jobs, the newest first; 0: all of them.
absl::StatusOr<std::vector<stanflow::v1::Job>> ListJobs(const Server& server,
                                                        stanflow::v1::ListJobsRequest request, size_t limit);

}  // namespace stanflow

#endif  // STANFLOW_CLIENT_CLI_LIB_PAGING_H_
