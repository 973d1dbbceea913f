#ifndef STANFLOW_CORE_DATASET_COLUMNS_H_
#define STANFLOW_CORE_DATASET_COLUMNS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "core/flow/flow.h"

namespace stanflow {

// The files of a dataset, in the order in which the digest reads them. Each is a plain
// little-endian array: what numpy.fromfile reads with the dtype named here. The names and
// their order never change; a new column is added at the end.
struct ColumnFile {
  std::string_view name;   // "end_ms"
  std::string_view dtype;  // "<i8": numpy's word for it
  size_t width;            // bytes a value
  std::string file() const;
};

enum Column {
  kEndMs,
  kDurationMs,
  kSourceAddress,
  kDestinationAddress,
  kSourcePort,
  kDestinationPort,
  kProtocolColumn,
  kTcpFlagsColumn,
  kTosColumn,
  kPacketsColumn,
  kBytesColumn,
  kNumFlowColumns,
  // One value a host: its address, and its first row; kHostBegin has one more, the number of rows.
  kHostAddress = kNumFlowColumns,
  kHostBegin,
  kNumColumns
};

const ColumnFile& GetColumnFile(int column);

// The value of a flow's column as a number, for ranges.
int64_t ColumnValue(const Flow& flow, int column);

// SHA-256 over name, size and bytes of each column file in `dir`, in order.
absl::StatusOr<std::string> DigestColumns(const std::string& dir);

inline constexpr std::string_view kManifestFile = "dataset.json";

}  // namespace stanflow

#endif  // STANFLOW_CORE_DATASET_COLUMNS_H_
