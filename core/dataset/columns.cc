#include "core/dataset/columns.h"

#include "core/base/digest.h"
#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "columns are mapped as they lie on disk");

constexpr ColumnFile kFiles[kNumColumns] = {
    {"end_ms", "<i8", 8},
    {"duration_ms", "<u4", 4},
    {"source_address", "<u4", 4},
    {"destination_address", "<u4", 4},
    {"source_port", "<u2", 2},
    {"destination_port", "<u2", 2},
    {"protocol", "|u1", 1},
    {"tcp_flags", "|u1", 1},
    {"tos", "|u1", 1},
    {"packets", "<u8", 8},
    {"bytes", "<u8", 8},
    {"host_address", "<u4", 4},
    {"host_begin", "<u8", 8},
};

}  // namespace

std::string ColumnFile::file() const { return StrCat(name, ".bin"); }

const ColumnFile& GetColumnFile(int column) { return kFiles[column]; }

int64_t ColumnValue(const Flow& flow, int column) {
  switch (column) {
    case kEndMs:
      return flow.end_ms;
    case kDurationMs:
      return flow.duration_ms;
    case kSourceAddress:
      return flow.source_address;
    case kDestinationAddress:
      return flow.destination_address;
    case kSourcePort:
      return flow.source_port;
    case kDestinationPort:
      return flow.destination_port;
    case kProtocolColumn:
      return flow.protocol;
    case kTcpFlagsColumn:
      return flow.tcp_flags;
    case kTosColumn:
      return flow.tos;
    case kPacketsColumn:
      return static_cast<int64_t>(flow.packets);
    case kBytesColumn:
      return static_cast<int64_t>(flow.bytes);
    default:
      return 0;
  }
}

absl::StatusOr<std::string> DigestColumns(const std::string& dir) {
  Sha256 sha;
  for (const ColumnFile& column : kFiles) {
    STANFLOW_ASSIGN_OR_RETURN(const MappedFile file, MappedFile::Open(StrCat(dir, "/", column.file())));
    sha.Update(StrCat(column.name, " ", file.size(), "\n"));
    sha.Update(file.bytes());
  }
  return sha.FinishHex();
}

}  // namespace stanflow
