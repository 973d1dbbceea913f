#include "core/dataset/dataset_writer.h"

#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/dataset/column_spool.h"
#include "core/dataset/dataset_intake.h"
#include "core/dataset/host_grouping.h"

namespace stanflow {
namespace {

// Share of the work that reading is; the rest is grouping.
constexpr double kReadingShare = 0.8;

class Importer {
 public:
  Importer(FlowReader* reader, const DatasetWriterOptions& options, std::string dir)
      : reader_(*reader),
        options_(options),
        dir_(std::move(dir)),
        spool_dir_(StrCat(dir_, ".arrival")),
        intake_(options.home, options.holdout) {}

  absl::StatusOr<DatasetManifest> Run() {
    STANFLOW_RETURN_IF_ERROR(RemoveAll(dir_));
    STANFLOW_RETURN_IF_ERROR(RemoveAll(spool_dir_));
    STANFLOW_RETURN_IF_ERROR(ReadAll());
    STANFLOW_RETURN_IF_ERROR(intake_.rejects().Check(intake_.rows(), options_.max_rejected_share));
    STANFLOW_RETURN_IF_ERROR(Group());
    return intake_.WriteManifest(dir_, options_.name, std::string(reader_.format()), options_.created_ms);
  }

  // The spool is never wanted again, half a dataset neither.
  absl::Status CleanUp(bool succeeded) {
    if (!succeeded) STANFLOW_RETURN_IF_ERROR(RemoveAll(dir_));
    return RemoveAll(spool_dir_);
  }

 private:
  absl::Status ReadAll() {
    STANFLOW_ASSIGN_OR_RETURN(ColumnSpool spool, ColumnSpool::Create(spool_dir_));
    FlowBatch batch;
    while (true) {
      STANFLOW_ASSIGN_OR_RETURN(const bool more, reader_.Next(&batch));
      if (!more) break;
      intake_.Take(batch, &accepted_);
      STANFLOW_RETURN_IF_ERROR(spool.Append(accepted_));
      STANFLOW_RETURN_IF_ERROR(Report(reader_.fraction() * kReadingShare, "reading"));
    }
    return spool.Finish();
  }

  absl::Status Group() {
    STANFLOW_RETURN_IF_ERROR(MakeDirectories(dir_));
    return GroupByHost(spool_dir_, dir_, intake_.home(), intake_.rows_of_host(), [this](double share) {
      return Report(kReadingShare + (1 - kReadingShare) * share, "grouping");
    });
  }

  absl::Status Report(double fraction, std::string_view phase) {
    return options_.progress({fraction, phase, intake_.rows(), intake_.rejects().count()});
  }

  FlowReader& reader_;
  const DatasetWriterOptions& options_;
  const std::string dir_;
  const std::string spool_dir_;
  DatasetIntake intake_;
  FlowTable accepted_;
};

}  // namespace

absl::StatusOr<DatasetManifest> WriteDataset(FlowReader* reader, const DatasetWriterOptions& options,
                                             const std::string& dir) {
  if (options.home.empty()) return absl::InvalidArgumentError("at least one home network is needed");
  if (!(options.max_rejected_share >= 0 && options.max_rejected_share <= 1)) {
    return absl::InvalidArgumentError("max_rejected_share is not in 0 to 1");
  }
  Importer importer(reader, options, dir);
  auto manifest = importer.Run();
  const absl::Status cleaned = importer.CleanUp(manifest.ok());
  if (manifest.ok() && !cleaned.ok()) return cleaned;
  return manifest;
}

}  // namespace stanflow
