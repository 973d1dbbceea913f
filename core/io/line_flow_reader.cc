#include "core/io/line_flow_reader.h"

#include <algorithm>

#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

constexpr size_t kBatchRows = 8192;
constexpr size_t kProbeLines = 100;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

size_t Rows(const FlowBatch& batch) { return batch.flows.size() + batch.rejected.size(); }

}  // namespace

absl::StatusOr<bool> LineFlowReader::Next(FlowBatch* batch) {
  batch->Clear();
  LineReader::Line line;
  while (Rows(*batch) < kBatchRows) {
    STANFLOW_ASSIGN_OR_RETURN(const bool more, lines_.Next(&line));
    if (!more) {
      STANFLOW_RETURN_IF_ERROR(AtEnd(batch));
      break;
    }
    if (line.text.empty()) continue;
    if (line.too_long) {
      batch->rejected.push_back(
          {line.number, StrCat("is longer than ", LineReader::kMaxLineBytes, " bytes")});
    } else {
      Take(line, batch);
    }
  }
  return Rows(*batch) > 0;
}

absl::Status ProbeLines(std::string_view start,
                        absl::FunctionRef<bool(std::string_view line, std::string* reason)> fits) {
  if (start.substr(0, kByteOrderMark.size()) == kByteOrderMark) start.remove_prefix(kByteOrderMark.size());
  std::string reason, first_reason;
  for (size_t i = 1; i <= kProbeLines && !start.empty(); ++i) {
    std::string_view line = start.substr(0, start.find('\n'));
    start.remove_prefix(std::min(start.size(), line.size() + 1));
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty()) continue;
    reason.clear();
    if (fits(line, &reason)) return absl::OkStatus();
    if (first_reason.empty() && !reason.empty()) first_reason = StrCat("line ", i, " ", reason);
  }
  return absl::InvalidArgumentError(first_reason.empty() ? "no line of it tells" : first_reason);
}

}  // namespace stanflow
