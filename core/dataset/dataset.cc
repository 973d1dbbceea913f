#include "core/dataset/dataset.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/dataset/columns.h"
#include "core/dataset/manifest.h"
#include "core/flow/time.h"

namespace stanflow {

struct Dataset::Rep {
  DatasetManifest manifest;
  std::vector<Host> hosts;
  std::array<MappedFile, kNumColumns> columns;

  template <typename T>
  T Value(int column, uint64_t row) const {
    return columns[column].As<T>()[row];
  }
  int64_t EndMs(uint64_t row) const { return Value<int64_t>(kEndMs, row); }
  // The first row of [begin, end) that ends at or after `ms`.
  uint64_t LowerBound(uint64_t begin, uint64_t end, int64_t ms) const {
    const int64_t* ends = columns[kEndMs].As<int64_t>();
    return static_cast<uint64_t>(std::lower_bound(ends + begin, ends + end, ms) - ends);
  }
};

namespace {

uint64_t ExpectedValues(const DatasetManifest& manifest, int column) {
  if (column < kNumFlowColumns) return manifest.rows;
  return column == kHostAddress ? manifest.hosts : manifest.hosts + 1;
}

absl::StatusOr<MappedFile> OpenColumn(const std::string& dir, const DatasetManifest& manifest, int column) {
  const ColumnFile& info = GetColumnFile(column);
  const std::string path = StrCat(dir, "/", info.file());
  auto file = MappedFile::Open(path);
  if (!file.ok()) return absl::DataLossError(StrCat("column missing: ", ToStd(file.status().message())));
  const uint64_t expected = ExpectedValues(manifest, column) * info.width;
  if (file->size() != expected) {
    return absl::DataLossError(StrCat(path, " has ", file->size(), " bytes, ", expected, " expected"));
  }
  return file;
}

// Rows are found through these: a wrong one would read outside of the columns.
absl::StatusOr<std::vector<Dataset::Host>> ReadHosts(const DatasetManifest& manifest,
                                                     const uint32_t* addresses, const uint64_t* begins) {
  std::vector<Dataset::Host> hosts(manifest.hosts);
  for (size_t i = 0; i < hosts.size(); ++i) {
    hosts[i] = {addresses[i], begins[i], begins[i + 1]};
    if (begins[i] >= begins[i + 1]) return absl::DataLossError("host_begin.bin: not ascending");
  }
  if (begins[0] != 0 || begins[hosts.size()] != manifest.rows) {
    return absl::DataLossError("host_begin.bin: does not cover the rows");
  }
  return hosts;
}

// Another folder of the same name has another; zeros for none.
using FolderIdentity = std::array<uint64_t, 4>;

FolderIdentity IdentityOf(const std::string& dir) {
  struct stat info = {};
  if (::stat(dir.c_str(), &info) != 0) return {};
  return {info.st_dev, info.st_ino, static_cast<uint64_t>(info.st_ctim.tv_sec),
          static_cast<uint64_t>(info.st_ctim.tv_nsec)};
}

}  // namespace

Dataset::Dataset(std::unique_ptr<Rep> rep) : rep_(std::move(rep)) {}
Dataset::~Dataset() = default;

absl::StatusOr<std::unique_ptr<Dataset>> Dataset::Open(const std::string& dir, bool verify_digest) {
  // A dataset that grows gets its name's next folder while this opens the files of the one before.
  while (true) {
    const FolderIdentity before = IdentityOf(dir);
    auto opened = OpenOnce(dir, verify_digest);
    if (IdentityOf(dir) == before) return opened;
  }
}

absl::StatusOr<std::unique_ptr<Dataset>> Dataset::OpenOnce(const std::string& dir, bool verify_digest) {
  auto rep = std::make_unique<Rep>();
  STANFLOW_ASSIGN_OR_RETURN(rep->manifest, ReadManifest(dir));
  for (int c = 0; c < kNumColumns; ++c) {
    STANFLOW_ASSIGN_OR_RETURN(rep->columns[c], OpenColumn(dir, rep->manifest, c));
  }
  if (verify_digest) {
    STANFLOW_ASSIGN_OR_RETURN(const std::string digest, DigestColumns(dir));
    if (digest != rep->manifest.digest) {
      return absl::DataLossError(StrCat(dir, ": the columns' digest is ", digest, ", dataset.json says ",
                                        rep->manifest.digest, "; import the dataset again"));
    }
  }
  STANFLOW_ASSIGN_OR_RETURN(rep->hosts, ReadHosts(rep->manifest, rep->columns[kHostAddress].As<uint32_t>(),
                                                  rep->columns[kHostBegin].As<uint64_t>()));
  return std::unique_ptr<Dataset>(new Dataset(std::move(rep)));
}

const DatasetManifest& Dataset::manifest() const { return rep_->manifest; }
const std::vector<Dataset::Host>& Dataset::hosts() const { return rep_->hosts; }
uint64_t Dataset::size() const { return rep_->manifest.rows; }

Flow Dataset::Row(uint64_t i) const {
  Flow flow;
  flow.end_ms = rep_->EndMs(i);
  flow.duration_ms = rep_->Value<uint32_t>(kDurationMs, i);
  flow.source_address = rep_->Value<uint32_t>(kSourceAddress, i);
  flow.destination_address = rep_->Value<uint32_t>(kDestinationAddress, i);
  flow.source_port = rep_->Value<uint16_t>(kSourcePort, i);
  flow.destination_port = rep_->Value<uint16_t>(kDestinationPort, i);
  flow.protocol = rep_->Value<uint8_t>(kProtocolColumn, i);
  flow.tcp_flags = rep_->Value<uint8_t>(kTcpFlagsColumn, i);
  flow.tos = rep_->Value<uint8_t>(kTosColumn, i);
  flow.packets = rep_->Value<uint64_t>(kPacketsColumn, i);
  flow.bytes = rep_->Value<uint64_t>(kBytesColumn, i);
  return flow;
}

bool Dataset::HomeIsSource(uint64_t i) const {
  return InHome(rep_->manifest.home, rep_->Value<uint32_t>(kSourceAddress, i));
}

std::vector<Sequence> Dataset::Sequences(Split split) const {
  const Holdout& holdout = rep_->manifest.holdout;
  std::vector<Sequence> sequences;
  for (uint32_t h = 0; h < rep_->hosts.size(); ++h) {
    const Host& host = rep_->hosts[h];
    for (uint64_t row = host.begin; row < host.end;) {
      const int64_t end_ms = rep_->EndMs(row);
      const HoldoutBlock block = BlockOf(holdout, end_ms, rep_->manifest.first_end_ms);
      const uint64_t next = block.end_ms ? rep_->LowerBound(row, host.end, *block.end_ms) : host.end;
      const bool held_out = holdout.Contains(host.address, end_ms);
      if (split == Split::kAll || held_out == (split == Split::kHoldout)) {
        sequences.push_back({h, row, next, block.start_ms});
      }
      row = next;
    }
  }
  return sequences;
}

std::vector<HostRow> Dataset::HostRows(const Sequence& sequence) const {
  std::vector<HostRow> rows;
  rows.reserve(sequence.size());
  int64_t previous_ms = sequence.start_ms;
  for (uint64_t i = sequence.begin; i < sequence.end; ++i) {
    rows.push_back(ToHostRow(Row(i), HomeIsSource(i), previous_ms));
    previous_ms = rows.back().end_ms;
  }
  return rows;
}

uint32_t CountHosts(const std::vector<Sequence>& sequences) {
  uint32_t hosts = 0, last = 0;
  for (const Sequence& sequence : sequences) {
    hosts += hosts == 0 || sequence.host != last;
    last = sequence.host;
  }
  return hosts;
}

}  // namespace stanflow
