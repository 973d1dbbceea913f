#ifndef STANFLOW_CORE_IO_NAMED_ROWS_H_
#define STANFLOW_CORE_IO_NAMED_ROWS_H_

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/flow/flow_reader.h"
#include "core/io/biflow.h"
#include "core/io/cell_parser.h"
#include "core/io/line_reader.h"

namespace stanflow {

// A column that a format wants, under the names that it may have; unused places are empty.
struct NamedColumn {
  std::array<std::string_view, 3> names;
  bool required = true;
};

// Where the wanted columns stand among those of a file. A plain value.
class ColumnPlaces {
 public:
  // INVALID_ARGUMENT with the required columns that are missing.
  static absl::StatusOr<ColumnPlaces> Find(absl::Span<const NamedColumn> wanted,
                                           absl::Span<const std::string_view> names);
  // The wanted columns of a row, in the order in which they were wanted. They point into `cells` and this
  // object. False, with the reason, if the row has more or fewer cells than there are names.
  bool Select(absl::Span<const std::string_view> cells, std::vector<Cell>* row, std::string* reason) const;

 private:
  size_t width_ = 0;
  std::vector<std::string> names_;             // of each wanted column, as the file has it
  std::vector<std::optional<size_t>> places_;  // of each wanted column
};

// The cells of a line. False, with the reason, if it can't be split.
using SplitLine =
    std::function<bool(std::string_view line, std::vector<std::string_view>* cells, std::string* reason)>;
// Splits at every `delimiter` and takes the spaces around each cell away; there is no quoting.
SplitLine SplitAt(char delimiter);

// What a row says; its cells are those of the format's wanted columns. False, with the reason, if it can't be
// read.
using ParseRow = std::function<bool(const std::vector<Cell>& row, BiflowRecord* record, std::string* reason)>;

// Turns the lines of a text whose columns have names into flows or rejected rows. Not safe for concurrent
// use.
class NamedRows {
 public:
  // `wanted` outlives this.
  NamedRows(absl::Span<const NamedColumn> wanted, Biflow biflow, SplitLine split, ParseRow parse)
      : wanted_(wanted), biflow_(biflow), split_(std::move(split)), parse_(std::move(parse)) {}

  // The columns from here on. INVALID_ARGUMENT, and the names before stay, unless they are all there.
  absl::Status SetNames(absl::Span<const std::string_view> names);
  // As above, of a line that holds them.
  absl::Status SetNamesFrom(std::string_view line);
  bool has_names() const { return places_.has_value(); }
  // From here on rows are rejected with `reason`, until names are set.
  void ForgetNames(std::string reason);

  void Take(const LineReader::Line& line, FlowBatch* batch);

 private:
  bool Parse(std::string_view line);

  const absl::Span<const NamedColumn> wanted_;
  const Biflow biflow_;
  const SplitLine split_;
  const ParseRow parse_;
  std::optional<ColumnPlaces> places_;
  std::string nameless_reason_ = "stands before the line of names";
  // Of the row in work; kept for their memory.
  std::vector<std::string_view> cells_;
  std::vector<Cell> row_;
  BiflowRecord record_;
  std::string reason_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_NAMED_ROWS_H_
