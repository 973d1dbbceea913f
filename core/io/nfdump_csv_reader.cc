#include <utility>

#include "core/base/strings.h"
#include "core/io/line_flow_reader.h"
#include "core/io/named_rows.h"
#include "core/io/nfdump_csv.h"
#include "core/io/nfdump_record.h"

namespace stanflow {
namespace {

constexpr std::string_view kSummary = "Summary";
constexpr int kSummaryLines = 2;  // besides the word

// Rows begin with a time, lines of names with a name.
bool BeginsWithLetter(std::string_view line) {
  return !line.empty() && ((line[0] >= 'a' && line[0] <= 'z') || (line[0] >= 'A' && line[0] <= 'Z'));
}

class NfdumpCsvReader final : public LineFlowReader {
 public:
  explicit NfdumpCsvReader(ReaderInput input)
      : LineFlowReader(kNfdumpCsvFormat, std::move(input.source)),
        rows_(NfdumpColumns(), input.options.biflow, SplitAt(','), ParseNfdumpRow) {}

 private:
  void Take(const LineReader::Line& line, FlowBatch* batch) override {
    if (summary_left_ > 0) {
      --summary_left_;
    } else if (line.text == kSummary) {
      summary_left_ = kSummaryLines;
    } else if (!IsNames(line.text)) {
      rows_.Take(line, batch);
    }
  }

  bool IsNames(std::string_view line) {
    if (!BeginsWithLetter(line)) {
      if (!rows_.has_names() && !told_) rows_.SetNamesFrom(kNfdumpCsvColumns).IgnoreError();
      return false;
    }
    const absl::Status status = rows_.SetNamesFrom(line);
    if (!status.ok() && !rows_.has_names()) {
      // Rows that follow other names are of another layout: not to be guessed at.
      told_ = true;
      rows_.ForgetNames(StrCat("follows a line of names that ", ToStd(status.message())));
    }
    return status.ok();
  }

  NamedRows rows_;
  int summary_left_ = 0;
  bool told_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<FlowReader>> OpenNfdumpCsv(ReaderInput input) {
  return std::make_unique<NfdumpCsvReader>(std::move(input));
}

absl::Status ProbeNfdumpCsv(std::string_view start) {
  NamedRows rows(NfdumpColumns(), Biflow::kSplit, SplitAt(','), ParseNfdumpRow);
  return ProbeLines(start, [&rows](std::string_view line, std::string* reason) {
    if (BeginsWithLetter(line)) {
      const absl::Status status = rows.SetNamesFrom(line);
      *reason = std::string(status.message());
      return status.ok();
    }
    FlowBatch batch;
    rows.SetNamesFrom(kNfdumpCsvColumns).IgnoreError();
    rows.Take({line, 1, false}, &batch);
    if (!batch.rejected.empty()) *reason = batch.rejected[0].reason;
    return batch.rejected.empty();
  });
}

}  // namespace stanflow
