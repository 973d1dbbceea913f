#include "core/dataset/column_spool.h"

#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/dataset/columns.h"

namespace stanflow {
namespace {

template <typename T>
std::string_view Bytes(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

std::string_view ColumnBytes(const FlowTable& flows, int column) {
  switch (column) {
    case kEndMs:
      return Bytes(flows.end_ms);
    case kDurationMs:
      return Bytes(flows.duration_ms);
    case kSourceAddress:
      return Bytes(flows.source_address);
    case kDestinationAddress:
      return Bytes(flows.destination_address);
    case kSourcePort:
      return Bytes(flows.source_port);
    case kDestinationPort:
      return Bytes(flows.destination_port);
    case kProtocolColumn:
      return Bytes(flows.protocol);
    case kTcpFlagsColumn:
      return Bytes(flows.tcp_flags);
    case kTosColumn:
      return Bytes(flows.tos);
    case kPacketsColumn:
      return Bytes(flows.packets);
    case kBytesColumn:
      return Bytes(flows.bytes);
    default:
      return {};
  }
}

}  // namespace

absl::StatusOr<ColumnSpool> ColumnSpool::Create(const std::string& dir) {
  STANFLOW_RETURN_IF_ERROR(MakeDirectories(dir));
  std::vector<FileWriter> files;
  for (int c = 0; c < kNumFlowColumns; ++c) {
    STANFLOW_ASSIGN_OR_RETURN(FileWriter file, FileWriter::Create(StrCat(dir, "/", GetColumnFile(c).file())));
    files.push_back(std::move(file));
  }
  return ColumnSpool(std::move(files));
}

absl::StatusOr<ColumnSpool> ColumnSpool::Continue(const std::string& dir, uint64_t rows) {
  std::vector<FileWriter> files;
  for (int c = 0; c < kNumFlowColumns; ++c) {
    const ColumnFile& column = GetColumnFile(c);
    STANFLOW_ASSIGN_OR_RETURN(FileWriter file,
                              FileWriter::Continue(StrCat(dir, "/", column.file()), rows * column.width));
    files.push_back(std::move(file));
  }
  return ColumnSpool(std::move(files));
}

absl::Status ColumnSpool::Append(const FlowTable& flows) {
  for (int c = 0; c < kNumFlowColumns; ++c) STANFLOW_RETURN_IF_ERROR(files_[c].Append(ColumnBytes(flows, c)));
  return absl::OkStatus();
}

absl::Status ColumnSpool::Sync() {
  for (FileWriter& file : files_) STANFLOW_RETURN_IF_ERROR(file.Sync());
  return absl::OkStatus();
}

absl::Status ColumnSpool::Finish() {
  for (FileWriter& file : files_) STANFLOW_RETURN_IF_ERROR(file.FinishWithoutSync());
  return absl::OkStatus();
}

}  // namespace stanflow
