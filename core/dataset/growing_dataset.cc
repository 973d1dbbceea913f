#include "core/dataset/growing_dataset.h"

#include <utility>

#include "absl/strings/match.h"
#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/dataset/spooled_flows.h"

namespace stanflow {
namespace {

using nlohmann::json;

constexpr size_t kBatchRows = 4096;

std::string CommitPath(const std::string& dir) { return dir + "/commit.json"; }

// Null if there has been no commit.
absl::StatusOr<json> ReadCommit(const std::string& dir) {
  const absl::StatusOr<std::string> text = ReadFile(CommitPath(dir));
  if (absl::IsNotFound(text.status())) return json();
  STANFLOW_RETURN_IF_ERROR(text.status());
  json commit = json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!commit.is_object() || !commit.contains("rows") || !commit["rows"].is_number_unsigned()) {
    return absl::DataLossError(StrCat(CommitPath(dir), ": not what was written there"));
  }
  return commit;
}

absl::StatusOr<ColumnSpool> OpenSpool(const std::string& dir, const json& commit) {
  if (commit.is_null()) return ColumnSpool::Create(dir);
  return ColumnSpool::Continue(dir, commit["rows"].get<uint64_t>());
}

}  // namespace

GrowingDataset::GrowingDataset(std::string dir, GrowingDatasetOptions options, ColumnSpool spool)
    : dir_(std::move(dir)),
      options_(std::move(options)),
      spool_(std::move(spool)),
      intake_(options_.home, options_.holdout, options_.max_rows) {}

absl::StatusOr<std::unique_ptr<GrowingDataset>> GrowingDataset::Open(const std::string& dir,
                                                                     const GrowingDatasetOptions& options) {
  STANFLOW_RETURN_IF_ERROR(MakeDirectories(dir));
  STANFLOW_ASSIGN_OR_RETURN(const json commit, ReadCommit(dir));
  STANFLOW_ASSIGN_OR_RETURN(ColumnSpool spool, OpenSpool(dir, commit));
  auto growing = std::unique_ptr<GrowingDataset>(new GrowingDataset(dir, options, std::move(spool)));
  if (!commit.is_null()) STANFLOW_RETURN_IF_ERROR(growing->Restore(commit));
  return growing;
}

absl::Status GrowingDataset::Restore(const json& commit) {
  std::vector<RejectedRow> rejected;
  uint64_t rows = 0, rejected_rows = 0;
  try {
    rows = commit.at("rows");
    rejected_rows = commit.at("rejected_rows");
    for (const json& r : commit.at("rejected"))
      rejected.push_back({r.at("line"), r.at("reason"), r.at("file")});
    format_ = commit.at("format");
    note_ = commit.at("note");
  } catch (const json::exception& e) {
    return absl::DataLossError(StrCat(CommitPath(dir_), ": ", e.what()));
  }
  intake_.rejects().Restore(rejected_rows, rejected);
  if (rows == 0) return absl::OkStatus();
  STANFLOW_ASSIGN_OR_RETURN(const SpooledFlows flows, SpooledFlows::Open(dir_, rows));
  for (uint64_t i = 0; i < rows; ++i) intake_.Count(flows.Row(i));
  return absl::OkStatus();
}

absl::Status GrowingDataset::Begin(const Dataset& base) {
  intake_.rejects().Restore(base.manifest().rejected_rows, base.manifest().rejected);
  format_ = base.manifest().format;
  accepted_.Clear();
  for (uint64_t i = 0; i < base.size(); ++i) {
    const Flow flow = base.Row(i);
    intake_.Count(flow);
    accepted_.Append(flow);
    if (accepted_.size() < kBatchRows && i + 1 < base.size()) continue;
    STANFLOW_RETURN_IF_ERROR(spool_.Append(accepted_));
    accepted_.Clear();
  }
  return absl::OkStatus();
}

// "zeek-tsv, nfcapd" of several.
void GrowingDataset::AddFormat(std::string_view format) {
  if (format_.empty()) {
    format_ = std::string(format);
  } else if (!absl::StrContains(StrCat(", ", format_, ", "), StrCat(", ", format, ", "))) {
    StrAppend(&format_, ", ", format);
  }
}

absl::Status GrowingDataset::Take(const FlowBatch& batch, std::string_view format) {
  intake_.Take(batch, &accepted_);
  if (accepted_.size() > 0) AddFormat(format);
  return spool_.Append(accepted_);
}

absl::Status GrowingDataset::Commit(json note) {
  STANFLOW_RETURN_IF_ERROR(spool_.Sync());
  json rejected = json::array();
  for (const RejectedRow& row : intake_.rejects().kept())
    rejected.push_back({{"line", row.line}, {"reason", row.reason}, {"file", row.file}});
  const json commit = {{"rows", intake_.rows()},
                       {"rejected_rows", intake_.rejects().count()},
                       {"rejected", std::move(rejected)},
                       {"format", format_},
                       {"note", note}};
  STANFLOW_RETURN_IF_ERROR(
      WriteFileDurably(CommitPath(dir_), commit.dump(1, ' ', false, json::error_handler_t::replace) + "\n"));
  note_ = std::move(note);
  return absl::OkStatus();
}

absl::StatusOr<DatasetManifest> GrowingDataset::WriteTo(const std::string& dir, int64_t created_ms,
                                                        const GroupingProgress& progress) {
  if (intake_.rows() == 0) return absl::FailedPreconditionError("there are no rows yet");
  STANFLOW_RETURN_IF_ERROR(RemoveAll(dir));
  STANFLOW_RETURN_IF_ERROR(MakeDirectories(dir));
  STANFLOW_RETURN_IF_ERROR(GroupByHost(dir_, dir, intake_.home(), intake_.rows_of_host(), progress));
  return intake_.WriteManifest(dir, options_.name, format_, created_ms);
}

}  // namespace stanflow
