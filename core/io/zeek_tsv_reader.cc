#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/io/line_flow_reader.h"
#include "core/io/named_rows.h"
#include "core/io/zeek_conn.h"
#include "core/io/zeek_record.h"

namespace stanflow {
namespace {

constexpr std::string_view kSeparatorKey = "#separator ";

// The text of a log and its head, which may begin anew at any line.
class ZeekText {
 public:
  explicit ZeekText(Biflow biflow)
      : rows_(
            ZeekColumns(), biflow,
            [this](std::string_view line, std::vector<std::string_view>* cells, std::string* reason) {
              return Split(line, cells, reason);
            },
            ParseZeekRow) {}
  ZeekText(const ZeekText&) = delete;
  ZeekText& operator=(const ZeekText&) = delete;

  bool has_names() const { return rows_.has_names(); }

  // A line that begins with '#'. INVALID_ARGUMENT, and rows are rejected from here on, if it says that this
  // is no conn.log.
  absl::Status TakeHead(std::string_view line) {
    absl::Status status = ReadHead(line);
    if (!status.ok()) rows_.ForgetNames(StrCat("follows a head that ", ToStd(status.message())));
    return status;
  }

  void TakeRow(const LineReader::Line& line, FlowBatch* batch) { rows_.Take(line, batch); }

 private:
  absl::Status ReadHead(std::string_view line) {
    if (absl::StartsWith(ToAbsl(line), ToAbsl(kSeparatorKey))) {
      rows_.ForgetNames("stands before #fields");
      return SetSeparator(line.substr(kSeparatorKey.size()));
    }
    std::vector<std::string_view> cells;
    std::string reason;
    SplitAt(separator_)(line, &cells, &reason);
    const std::string_view key = cells[0];
    cells.erase(cells.begin());
    if (key == "#empty_field" && !cells.empty()) empty_ = std::string(cells[0]);
    if (key == "#unset_field" && !cells.empty()) unset_ = std::string(cells[0]);
    if (key == "#fields") {
      fields_.assign(cells.begin(), cells.end());
      return rows_.SetNames(cells);
    }
    return key == "#types" ? CheckTypes(cells) : absl::OkStatus();
  }

  absl::Status SetSeparator(std::string_view escaped) {
    std::string separator;
    if (!absl::CUnescape(ToAbsl(escaped), &separator) || separator.size() != 1) {
      return absl::InvalidArgumentError(StrCat("has the separator ", Quoted(escaped), ", not one character"));
    }
    separator_ = separator[0];
    return absl::OkStatus();
  }

  absl::Status CheckTypes(const std::vector<std::string_view>& types) const {
    if (types.size() != fields_.size()) {
      return absl::InvalidArgumentError(
          StrCat("has ", types.size(), " types of ", fields_.size(), " fields"));
    }
    for (size_t i = 0; i < types.size(); ++i) {
      const std::string_view expected = ZeekTypeOf(fields_[i]);
      if (expected.empty() || types[i] == expected) continue;
      return absl::InvalidArgumentError(StrCat("gives field ", fields_[i], " the type ", Quoted(types[i]),
                                               " where conn.log has ", expected));
    }
    return absl::OkStatus();
  }

  bool Split(std::string_view line, std::vector<std::string_view>* cells, std::string* reason) const {
    if (!SplitAt(separator_)(line, cells, reason)) return false;
    for (std::string_view& cell : *cells) {
      if (cell == unset_ || cell == empty_) cell = {};
    }
    return true;
  }

  char separator_ = '\t';
  std::string empty_ = "(empty)", unset_ = "-";
  std::vector<std::string> fields_;
  NamedRows rows_;
};

class ZeekTsvReader final : public LineFlowReader {
 public:
  explicit ZeekTsvReader(ReaderInput input)
      : LineFlowReader(kZeekTsvFormat, std::move(input.source)), text_(input.options.biflow) {}

 private:
  void Take(const LineReader::Line& line, FlowBatch* batch) override {
    if (line.text[0] == '#') {
      text_.TakeHead(line.text).IgnoreError();
    } else {
      text_.TakeRow(line, batch);
    }
  }

  ZeekText text_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<FlowReader>> OpenZeekTsv(ReaderInput input) {
  return std::make_unique<ZeekTsvReader>(std::move(input));
}

absl::Status ProbeZeekTsv(std::string_view start) {
  ZeekText text(Biflow::kSplit);
  return ProbeLines(start, [&text](std::string_view line, std::string* reason) {
    if (line[0] != '#') {
      *reason = "is no head of a Zeek log, which begins with #separator";
      return false;
    }
    const absl::Status status = text.TakeHead(line);
    if (!status.ok()) *reason = std::string(status.message());
    return text.has_names();
  });
}

}  // namespace stanflow
