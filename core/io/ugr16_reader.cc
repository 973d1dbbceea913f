#include <utility>

#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/io/line_reader.h"
#include "core/io/ugr16_csv.h"

namespace stanflow {
namespace {

constexpr size_t kBatchRows = 8192;
constexpr size_t kProbeLines = 100;

class Ugr16CsvReader final : public FlowReader {
 public:
  explicit Ugr16CsvReader(std::unique_ptr<ByteSource> source) : lines_(std::move(source)) {}

  absl::StatusOr<bool> Next(FlowBatch* batch) override {
    batch->Clear();
    LineReader::Line line;
    while (batch->flows.size() + batch->rejected.size() < kBatchRows) {
      STANFLOW_ASSIGN_OR_RETURN(const bool more, lines_.Next(&line));
      if (!more) break;
      Take(line, batch);
    }
    return batch->flows.size() + batch->rejected.size() > 0;
  }

  double fraction() const override { return lines_.fraction(); }
  std::string_view format() const override { return kUgr16CsvFormat; }

 private:
  void Take(const LineReader::Line& line, FlowBatch* batch) {
    if (line.text.empty() || (line.number == 1 && line.text == kUgr16Columns)) return;
    if (line.too_long) {
      batch->rejected.push_back(
          {line.number, StrCat("is longer than ", LineReader::kMaxLineBytes, " bytes")});
    } else if (ParseUgr16Row(line.text, &flow_, &reason_)) {
      batch->flows.Append(flow_);
      batch->lines.push_back(line.number);
    } else {
      batch->rejected.push_back({line.number, reason_});
    }
  }

  LineReader lines_;
  Flow flow_;
  std::string reason_;
};

}  // namespace

std::unique_ptr<FlowReader> NewUgr16CsvReader(std::unique_ptr<ByteSource> source) {
  return std::make_unique<Ugr16CsvReader>(std::move(source));
}

absl::Status ProbeUgr16Csv(std::string_view start) {
  Flow flow;
  std::string reason, first_reason;
  for (size_t i = 1; i <= kProbeLines && !start.empty(); ++i) {
    std::string_view line = start.substr(0, start.find('\n'));
    start.remove_prefix(std::min(start.size(), line.size() + 1));
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty()) continue;
    if (line == kUgr16Columns || ParseUgr16Row(line, &flow, &reason)) return absl::OkStatus();
    if (first_reason.empty()) first_reason = StrCat("line ", i, " ", reason);
  }
  return absl::InvalidArgumentError(first_reason.empty() ? "there are no lines" : first_reason);
}

}  // namespace stanflow
