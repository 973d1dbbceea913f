#include "core/dataset/dataset_writer.h"

#include <algorithm>
#include <limits>
#include <map>

#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/dataset/column_spool.h"
#include "core/dataset/columns.h"
#include "core/dataset/host_grouping.h"
#include "core/dataset/manifest.h"
#include "core/dataset/reject_report.h"

namespace stanflow {
namespace {

// Share of the work that reading is; the rest is grouping.
constexpr double kReadingShare = 0.8;

uint64_t AddSaturated(uint64_t a, uint64_t b) {
  return b > std::numeric_limits<uint64_t>::max() - a ? std::numeric_limits<uint64_t>::max() : a + b;
}

class Importer {
 public:
  Importer(FlowReader* reader, const DatasetWriterOptions& options, std::string dir)
      : reader_(*reader), options_(options), dir_(std::move(dir)), spool_dir_(StrCat(dir_, ".arrival")) {}

  absl::StatusOr<DatasetManifest> Run() {
    STANFLOW_RETURN_IF_ERROR(RemoveAll(dir_));
    STANFLOW_RETURN_IF_ERROR(RemoveAll(spool_dir_));
    STANFLOW_RETURN_IF_ERROR(ReadAll());
    STANFLOW_RETURN_IF_ERROR(rejects_.Check(manifest_.rows, options_.max_rejected_share));
    STANFLOW_RETURN_IF_ERROR(Group());
    STANFLOW_RETURN_IF_ERROR(WriteManifest());
    return manifest_;
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
      STANFLOW_RETURN_IF_ERROR(Take(batch, &spool));
      STANFLOW_RETURN_IF_ERROR(Report(reader_.fraction() * kReadingShare, "reading"));
    }
    return spool.Finish();
  }

  absl::Status Take(const FlowBatch& batch, ColumnSpool* spool) {
    accepted_.Clear();
    // The reader's rejects and those for want of a home address are merged by line.
    auto rejected = batch.rejected.begin();
    for (size_t i = 0; i < batch.flows.size(); ++i) {
      for (; rejected != batch.rejected.end() && rejected->line < batch.lines[i]; ++rejected) {
        rejects_.Add({rejected->line, rejected->reason, batch.file});
      }
      const Flow flow = batch.flows.Row(i);
      const bool home_is_source = InHome(options_.home, flow.source_address);
      if (!home_is_source && !InHome(options_.home, flow.destination_address)) {
        rejects_.Add({batch.lines[i], "has no address in the home networks: " + Addresses(flow), batch.file});
        continue;
      }
      accepted_.Append(flow);
      Count(flow, home_is_source ? flow.source_address : flow.destination_address);
    }
    for (; rejected != batch.rejected.end(); ++rejected) {
      rejects_.Add({rejected->line, rejected->reason, batch.file});
    }
    return spool->Append(accepted_);
  }

  static std::string Addresses(const Flow& flow) {
    return StrCat("'", FormatIpv4(flow.source_address), " to ", FormatIpv4(flow.destination_address), "'");
  }

  void Count(const Flow& flow, uint32_t home_address) {
    ++manifest_.rows;
    ++rows_of_host_[home_address];
    ++(options_.holdout.Contains(home_address, flow.end_ms) ? manifest_.holdout_rows : manifest_.train_rows);
    manifest_.total_packets = AddSaturated(manifest_.total_packets, flow.packets);
    manifest_.total_bytes = AddSaturated(manifest_.total_bytes, flow.bytes);
    if (manifest_.ranges.empty()) {
      for (int c = 0; c < kNumFlowColumns; ++c) {
        const int64_t value = ColumnValue(flow, c);
        manifest_.ranges.push_back({std::string(GetColumnFile(c).name), value, value});
      }
    }
    for (int c = 0; c < kNumFlowColumns; ++c) {
      auto& range = manifest_.ranges[c];
      range.min = std::min(range.min, ColumnValue(flow, c));
      range.max = std::max(range.max, ColumnValue(flow, c));
    }
  }

  absl::Status Group() {
    STANFLOW_RETURN_IF_ERROR(MakeDirectories(dir_));
    return GroupByHost(spool_dir_, dir_, options_.home, rows_of_host_, [this](double share) {
      return Report(kReadingShare + (1 - kReadingShare) * share, "grouping");
    });
  }

  absl::Status WriteManifest() {
    STANFLOW_ASSIGN_OR_RETURN(manifest_.digest, DigestColumns(dir_));
    manifest_.name = options_.name;
    manifest_.created_ms = options_.created_ms;
    manifest_.home = options_.home;
    manifest_.holdout = options_.holdout;
    manifest_.format = std::string(reader_.format());
    manifest_.hosts = rows_of_host_.size();
    manifest_.rejected_rows = rejects_.count();
    manifest_.rejected = rejects_.TakeKept();
    manifest_.first_end_ms = manifest_.ranges[kEndMs].min;
    manifest_.last_end_ms = manifest_.ranges[kEndMs].max;
    for (int c = 0; c < kNumColumns; ++c) {
      STANFLOW_ASSIGN_OR_RETURN(const uint64_t size, FileSize(StrCat(dir_, "/", GetColumnFile(c).file())));
      manifest_.size_bytes += size;
    }
    return WriteFileDurably(StrCat(dir_, "/", kManifestFile), ManifestToJson(manifest_).dump(1) + "\n");
  }

  absl::Status Report(double fraction, std::string_view phase) {
    return options_.progress({fraction, phase, manifest_.rows, rejects_.count()});
  }

  FlowReader& reader_;
  const DatasetWriterOptions& options_;
  const std::string dir_;
  const std::string spool_dir_;
  DatasetManifest manifest_;
  RejectReport rejects_;
  std::map<uint32_t, uint64_t> rows_of_host_;
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
