#include "absl/strings/str_join.h"
#include "core/base/strings.h"
#include "core/io/all_formats.h"
#include "core/io/json_lines.h"
#include "core/io/nfdump_csv.h"
#include "core/io/ugr16_csv.h"
#include "core/io/zeek_conn.h"

namespace stanflow {
namespace {

constexpr WriterFormat kWriters[] = {
    {"csv", "nfdump's CSV in the layout of UGR'16", NewUgr16CsvWriter},
    {"jsonl", "one JSON object a line, fields named after IPFIX", NewJsonLinesWriter},
    {"nfdump-csv", "what nfdump -o csv writes", NewNfdumpCsvWriter},
    {"zeek", "Zeek's conn.log, tab-separated", NewZeekTsvWriter},
};

}  // namespace

absl::Span<const WriterFormat> AllWriters() { return kWriters; }

std::vector<std::string> WriterNames() {
  std::vector<std::string> names;
  for (const WriterFormat& writer : kWriters) names.emplace_back(writer.name);
  return names;
}

absl::StatusOr<std::unique_ptr<FlowWriter>> NewFlowWriter(std::string_view format) {
  for (const WriterFormat& writer : kWriters) {
    if (writer.name == format) return writer.open();
  }
  return absl::InvalidArgumentError(
      StrCat("format '", format, "' is not known; it is one of ", absl::StrJoin(WriterNames(), ", ")));
}

}  // namespace stanflow
