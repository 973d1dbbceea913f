#include <utility>

#include "core/io/line_flow_reader.h"
#include "core/io/ugr16_csv.h"

namespace stanflow {
namespace {

class Ugr16CsvReader final : public LineFlowReader {
 public:
  explicit Ugr16CsvReader(std::unique_ptr<ByteSource> source)
      : LineFlowReader(kUgr16CsvFormat, std::move(source)) {}

 private:
  void Take(const LineReader::Line& line, FlowBatch* batch) override {
    if (line.number == 1 && line.text == kUgr16Columns) return;
    if (ParseUgr16Row(line.text, &flow_, &reason_)) {
      batch->flows.Append(flow_);
      batch->lines.push_back(line.number);
    } else {
      batch->rejected.push_back({line.number, reason_});
    }
  }

  Flow flow_;
  std::string reason_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<FlowReader>> OpenUgr16Csv(ReaderInput input) {
  return std::make_unique<Ugr16CsvReader>(std::move(input.source));
}

absl::Status ProbeUgr16Csv(std::string_view start) {
  Flow flow;
  return ProbeLines(start, [&flow](std::string_view line, std::string* reason) {
    return line == kUgr16Columns || ParseUgr16Row(line, &flow, reason);
  });
}

}  // namespace stanflow
