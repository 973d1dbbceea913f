#include "core/dataset/spooled_flows.h"

#include <utility>

#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {

absl::StatusOr<SpooledFlows> SpooledFlows::Open(const std::string& dir, uint64_t rows) {
  SpooledFlows flows;
  for (int c = 0; c < kNumFlowColumns; ++c) {
    const ColumnFile& column = GetColumnFile(c);
    const std::string path = StrCat(dir, "/", column.file());
    STANFLOW_ASSIGN_OR_RETURN(MappedFile file, MappedFile::Open(path));
    if (file.size() < rows * column.width) {
      return absl::DataLossError(
          StrCat(path, " has ", file.size(), " bytes, ", rows * column.width, " expected"));
    }
    flows.columns_[c] = std::move(file);
  }
  return flows;
}

Flow SpooledFlows::Row(uint64_t i) const {
  Flow flow;
  flow.end_ms = Value<int64_t>(kEndMs, i);
  flow.duration_ms = Value<uint32_t>(kDurationMs, i);
  flow.source_address = Value<uint32_t>(kSourceAddress, i);
  flow.destination_address = Value<uint32_t>(kDestinationAddress, i);
  flow.source_port = Value<uint16_t>(kSourcePort, i);
  flow.destination_port = Value<uint16_t>(kDestinationPort, i);
  flow.protocol = Value<uint8_t>(kProtocolColumn, i);
  flow.tcp_flags = Value<uint8_t>(kTcpFlagsColumn, i);
  flow.tos = Value<uint8_t>(kTosColumn, i);
  flow.packets = Value<uint64_t>(kPacketsColumn, i);
  flow.bytes = Value<uint64_t>(kBytesColumn, i);
  return flow;
}

}  // namespace stanflow
