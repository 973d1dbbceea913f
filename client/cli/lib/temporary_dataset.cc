#include "client/cli/lib/temporary_dataset.h"

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

absl::StatusOr<v1::Dataset> GetDataset(const Server& server, const std::string& name) {
  v1::GetDatasetRequest request;
  request.set_name(name);
  return server.Call(server.datasets.get(), &v1::Datasets::Stub::GetDataset, request);
}

absl::Status ImportAndWait(const Cli& cli, const Server& server, const std::string& path,
                           v1::UploadHeader header) {
  auto uploaded = UploadDataset(cli, server, path, std::move(header));
  // Another evaluation of the same file was faster.
  if (absl::IsAlreadyExists(uploaded.status())) return absl::OkStatus();
  STANFLOW_ASSIGN_OR_RETURN(v1::Job job, std::move(uploaded));
  STANFLOW_ASSIGN_OR_RETURN(job, WaitForJob(cli, server, {job.name(), 0, 60, /*submitted=*/true}));
  if (job.state() == v1::JOB_STATE_SUCCEEDED || job.error_code() == "ALREADY_EXISTS") return absl::OkStatus();
  return absl::FailedPreconditionError(StrCat("the import of ", path, " (", job.name(), ") did not succeed: ",
                                              job.error_code(), ": ", job.error_message()));
}

}  // namespace

absl::StatusOr<TemporaryDataset> TemporaryDataset::Import(const Cli& cli, const Server& server,
                                                          const std::string& path, const std::string& home) {
  STANFLOW_ASSIGN_OR_RETURN(const std::string digest, Sha256HexOfFile(path));
  const std::string id = "synthetic-" + Sha256Hex(StrCat(digest, " ", home)).substr(0, 16);
  TemporaryDataset out(cli, server, DatasetName(id));
  const auto there = GetDataset(server, out.name());
  if (there.ok()) return out;
  if (!absl::IsNotFound(there.status())) {
    out.Keep();
    return there.status();
  }
  v1::UploadHeader header;
  header.set_dataset(id);
  header.add_home(home);
  header.set_holdout("none");
  header.set_format("auto");
  const absl::Status imported = ImportAndWait(cli, server, path, std::move(header));
  if (imported.ok()) return out;
  out.Keep();
  return imported;
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
  if (status.ok() || absl::IsNotFound(status) || absl::IsFailedPrecondition(status)) return;
  cli_.Note(StrCat("stanflow: ", name_to_delete_, " could not be deleted: ", std::string(status.message()),
                   "; later: stanflow datasets delete ", DatasetId(name_to_delete_)));
}

}  // namespace stanflow
