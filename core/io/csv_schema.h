#ifndef STANFLOW_CORE_IO_CSV_SCHEMA_H_
#define STANFLOW_CORE_IO_CSV_SCHEMA_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace stanflow {

// What a column of a CSV file may hold of a flow.
enum class CsvField {
  kStart,
  kEnd,
  kDuration,
  kSourceAddress,
  kDestinationAddress,
  kSourcePort,
  kDestinationPort,
  kProtocol,
  kTcpFlags,
  kTos,
  kPackets,
  kBytes,
  kReversePackets,
  kReverseBytes,
  kReverseTcpFlags,
};
inline constexpr size_t kNumCsvFields = 15;

// The layout of a user's CSV file, as JSON:
//
//   {"delimiter": ",",        one character; "," if it is not there
//    "header": true,          whether the first line has the names; true if it is not there
//    "columns": {"end": {"name": "Last Seen", "unit": "iso8601"},
//                "duration": {"name": "Dur", "unit": "ms"},
//                "source_address": {"name": "src"}, ...}}
//
// Without a header "column": 3 says which column it is, from 1 on, in place of "name". The fields are
//
//   start, end                     two of these three; unit s, ms or us (numbers, with or without decimals),
//   duration                       or iso8601 (of start and end: UTC, "2016-04-11T00:01:38.5Z")
//   source_address, destination_address, protocol, packets, bytes
//   source_port, destination_port  0 where they are not there; that of ICMP: type * 256 + code, or "3.1"
//   tcp_flags, tos                 0 where they are not there; flags are ".AP.SF", "0x1b" or a number
//   reverse_packets, reverse_bytes, reverse_tcp_flags
//                                  of the answers, where a row has both directions
struct CsvSchema {
  struct Column {
    std::string name;     // or the number, as text; empty: not there
    int64_t unit_us = 0;  // of a time; 0: iso8601
  };

  char delimiter = ',';
  bool header = true;
  std::array<Column, kNumCsvFields> columns;

  const Column& operator[](CsvField field) const { return columns[static_cast<size_t>(field)]; }
};

// "source_address"
std::string_view CsvFieldName(CsvField field);

// INVALID_ARGUMENT names the key that is wrong or missing and says what it should be; so for a text of more
// than 16 KiB.
absl::StatusOr<CsvSchema> ParseCsvSchema(std::string_view text);

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_CSV_SCHEMA_H_
