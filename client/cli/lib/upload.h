#ifndef STANFLOW_CLIENT_CLI_LIB_UPLOAD_H_
#define STANFLOW_CLIENT_CLI_LIB_UPLOAD_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/lib/cli.h"

namespace stanflow {

// Sends a file's bytes with `header`, whose size and digest it fills in (the file is read twice;
// standard input, "-", only once, without them). Answers the import job. Shows its progress.
absl::StatusOr<stanflow::v1::Job> UploadDataset(const Cli& cli, const Server& server, const std::string& path,
                                                stanflow::v1::UploadHeader header);

// The same for several files, none of them standard input, which the header's `files` then name. The server
// reads them in this order.
absl::StatusOr<stanflow::v1::Job> UploadDatasetFiles(const Cli& cli, const Server& server,
                                                     const std::vector<std::string>& paths,
                                                     stanflow::v1::UploadHeader header);

// The same for a bundle that `models export` wrote.
absl::StatusOr<stanflow::v1::ModelVersion> UploadModel(const Cli& cli, const Server& server,
                                                       const std::string& path, const std::string& model);

}  // namespace stanflow

#endif  // STANFLOW_CLIENT_CLI_LIB_UPLOAD_H_
