#include "client/cli/lib/temporary_dataset.h"

#include <random>
#include <utility>

#include "client/cli/lib/dataset_text.h"
#include "client/cli/lib/job_wait.h"
#include "client/cli/lib/upload.h"
#include "core/base/digest.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

namespace v1 = stanflow::v1;

absl::StatusOr<std::string> NewId(const std::string& path, const std::string& home,
                                  const std::string& request_id) {
  STANFLOW_ASSIGN_OR_RETURN(const std::string digest, Sha256HexOfFile(path));
  std::random_device random;
  const std::string once = request_id.empty() ? StrCat(random(), " ", random()) : request_id;
  return "synthetic-" + Sha256Hex(StrCat(digest, " ", home, " ", once)).substr(0, 16);
}

}  // namespace

absl::StatusOr<TemporaryDataset> TemporaryDataset::Import(const Cli& cli, const Server& server,
                                                          const std::string& path, const std::string& home,
                                                          const std::string& request_id) {
  STANFLOW_ASSIGN_OR_RETURN(const std::string id, NewId(path, home, request_id));
  v1::UploadHeader header;
  header.set_dataset(id);
  header.add_home(home);
  header.set_holdout("none");
  header.set_format("auto");
  STANFLOW_ASSIGN_OR_RETURN(v1::Job job, UploadDataset(cli, server, path, std::move(header)));
  // From now on there may be a dataset, whatever becomes of the waiting.
  TemporaryDataset out(cli, server, DatasetName(id));
  STANFLOW_ASSIGN_OR_RETURN(job, WaitForJob(cli, server, {job.name(), 0, 60, /*submitted=*/true}));
  if (job.state() == v1::JOB_STATE_SUCCEEDED) return out;
  return absl::FailedPreconditionError(StrCat("the import of ", path, " (", job.name(), ") did not succeed: ",
                                              job.error_code(), ": ", job.error_message()));
}

TemporaryDataset::TemporaryDataset(TemporaryDataset&& other) noexcept
    : cli_(other.cli_),
      server_(other.server_),
      name_(std::move(other.name_)),
      name_to_delete_(std::exchange(other.name_to_delete_, {})) {}

TemporaryDataset::~TemporaryDataset() {
  if (name_to_delete_.empty()) return;
  v1::DeleteDatasetRequest request;
  request.set_name(name_to_delete_);
  const absl::Status status =
      server_.Call(server_.datasets.get(), &v1::Datasets::Stub::DeleteDataset, request).status();
  if (status.ok() || absl::IsNotFound(status)) return;
  cli_.Note(StrCat("stanflow: ", name_to_delete_, " could not be deleted: ", std::string(status.message()),
                   "; later: stanflow datasets delete ", DatasetId(name_to_delete_)));
}

}  // namespace stanflow
