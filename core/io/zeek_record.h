#ifndef STANFLOW_CORE_IO_ZEEK_RECORD_H_
#define STANFLOW_CORE_IO_ZEEK_RECORD_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "core/io/biflow.h"
#include "core/io/cell_parser.h"
#include "core/io/named_rows.h"

namespace stanflow {

// The fields of conn.log that zeek_conn.h lists.
absl::Span<const NamedColumn> ZeekColumns();
// Zeek's type of field `name` in #types ("time", "addr"); empty for a field that is not read.
std::string_view ZeekTypeOf(std::string_view name);

// `row` holds ZeekColumns(), unset and empty values as empty texts. On false, `reason` says what is wrong.
bool ParseZeekRow(const std::vector<Cell>& row, BiflowRecord* record, std::string* reason);

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_ZEEK_RECORD_H_
