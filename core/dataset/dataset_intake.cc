#include "core/dataset/dataset_intake.h"

#include <algorithm>

#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/dataset/columns.h"
#include "core/dataset/manifest.h"

namespace stanflow {
namespace {

uint64_t AddSaturated(uint64_t a, uint64_t b) {
  return b > std::numeric_limits<uint64_t>::max() - a ? std::numeric_limits<uint64_t>::max() : a + b;
}

std::string Addresses(const Flow& flow) {
  return StrCat("'", FormatIpv4(flow.source_address), " to ", FormatIpv4(flow.destination_address), "'");
}

}  // namespace

DatasetIntake::DatasetIntake(std::vector<Cidr> home, Holdout holdout, uint64_t max_rows)
    : max_rows_(max_rows) {
  manifest_.home = std::move(home);
  manifest_.holdout = holdout;
}

void DatasetIntake::Take(const FlowBatch& batch, FlowTable* accepted) {
  accepted->Clear();
  // The reader's rejects and those for want of a home address are merged by line.
  auto rejected = batch.rejected.begin();
  for (size_t i = 0; i < batch.flows.size(); ++i) {
    for (; rejected != batch.rejected.end() && rejected->line < batch.lines[i]; ++rejected) {
      rejects_.Add({rejected->line, rejected->reason, batch.file});
    }
    const Flow flow = batch.flows.Row(i);
    const bool home_is_source = InHome(manifest_.home, flow.source_address);
    if (!home_is_source && !InHome(manifest_.home, flow.destination_address)) {
      rejects_.Add({batch.lines[i], "has no address in the home networks: " + Addresses(flow), batch.file});
    } else if (manifest_.rows >= max_rows_) {
      ++left_out_;
    } else {
      accepted->Append(flow);
      CountAtHome(flow, home_is_source ? flow.source_address : flow.destination_address);
    }
  }
  for (; rejected != batch.rejected.end(); ++rejected) {
    rejects_.Add({rejected->line, rejected->reason, batch.file});
  }
}

void DatasetIntake::Count(const Flow& flow) {
  const bool home_is_source = InHome(manifest_.home, flow.source_address);
  CountAtHome(flow, home_is_source ? flow.source_address : flow.destination_address);
}

void DatasetIntake::CountAtHome(const Flow& flow, uint32_t home_address) {
  ++manifest_.rows;
  ++rows_of_host_[home_address];
  ++(manifest_.holdout.Contains(home_address, flow.end_ms) ? manifest_.holdout_rows : manifest_.train_rows);
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

absl::StatusOr<DatasetManifest> DatasetIntake::WriteManifest(const std::string& dir, const std::string& name,
                                                             const std::string& format,
                                                             int64_t created_ms) const {
  DatasetManifest manifest = manifest_;
  STANFLOW_ASSIGN_OR_RETURN(manifest.digest, DigestColumns(dir));
  manifest.name = name;
  manifest.created_ms = created_ms;
  manifest.format = format;
  manifest.hosts = rows_of_host_.size();
  manifest.rejected_rows = rejects_.count();
  manifest.rejected = rejects_.kept();
  manifest.first_end_ms = manifest.ranges[kEndMs].min;
  manifest.last_end_ms = manifest.ranges[kEndMs].max;
  for (int c = 0; c < kNumColumns; ++c) {
    STANFLOW_ASSIGN_OR_RETURN(const uint64_t size, FileSize(StrCat(dir, "/", GetColumnFile(c).file())));
    manifest.size_bytes += size;
  }
  STANFLOW_RETURN_IF_ERROR(
      WriteFileDurably(StrCat(dir, "/", kManifestFile), ManifestToJson(manifest).dump(1) + "\n"));
  return manifest;
}

}  // namespace stanflow
