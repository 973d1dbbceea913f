#include "core/io/named_rows.h"

#include <algorithm>
#include <utility>

#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

std::string_view WithoutSpaces(std::string_view text) {
  const size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::optional<size_t> PlaceOf(const NamedColumn& column, absl::Span<const std::string_view> names) {
  for (const std::string_view name : column.names) {
    const auto found = name.empty() ? names.end() : std::find(names.begin(), names.end(), name);
    if (found != names.end()) return static_cast<size_t>(found - names.begin());
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<ColumnPlaces> ColumnPlaces::Find(absl::Span<const NamedColumn> wanted,
                                                absl::Span<const std::string_view> names) {
  ColumnPlaces found;
  found.width_ = names.size();
  std::string missing;
  for (const NamedColumn& column : wanted) {
    const auto place = PlaceOf(column, names);
    found.places_.push_back(place);
    found.names_.emplace_back(place ? names[*place] : column.names[0]);
    if (!place && column.required) StrAppend(&missing, missing.empty() ? "" : ", ", column.names[0]);
  }
  if (missing.empty()) return found;
  return absl::InvalidArgumentError(StrCat("has no column '", missing, "'"));
}

bool ColumnPlaces::Select(absl::Span<const std::string_view> cells, std::vector<Cell>* row,
                          std::string* reason) const {
  if (cells.size() != width_) {
    *reason = StrCat("has ", cells.size(), cells.size() == 1 ? " column" : " columns",
                     ", the line of names has ", width_);
    return false;
  }
  row->clear();
  for (size_t i = 0; i < places_.size(); ++i) {
    row->push_back({names_[i], places_[i] ? cells[*places_[i]] : std::string_view(), places_[i].has_value()});
  }
  return true;
}

SplitLine SplitAt(char delimiter) {
  return [delimiter](std::string_view line, std::vector<std::string_view>* cells, std::string*) {
    cells->clear();
    while (true) {
      const size_t end = line.find(delimiter);
      cells->push_back(WithoutSpaces(line.substr(0, end)));
      if (end == std::string_view::npos) return true;
      line.remove_prefix(end + 1);
    }
  };
}

absl::Status NamedRows::SetNames(absl::Span<const std::string_view> names) {
  STANFLOW_ASSIGN_OR_RETURN(places_, ColumnPlaces::Find(wanted_, names));
  return absl::OkStatus();
}

absl::Status NamedRows::SetNamesFrom(std::string_view line) {
  if (!split_(line, &cells_, &reason_)) return absl::InvalidArgumentError(reason_);
  return SetNames(cells_);
}

void NamedRows::ForgetNames(std::string reason) {
  places_.reset();
  nameless_reason_ = std::move(reason);
}

void NamedRows::Take(const LineReader::Line& line, FlowBatch* batch) {
  if (!Parse(line.text) || !AppendBiflow(record_, biflow_, line.number, batch, &reason_)) {
    batch->rejected.push_back({line.number, reason_});
  }
}

bool NamedRows::Parse(std::string_view line) {
  if (!places_) {
    reason_ = nameless_reason_;
    return false;
  }
  record_ = BiflowRecord();
  return split_(line, &cells_, &reason_) && places_->Select(cells_, &row_, &reason_) &&
         parse_(row_, &record_, &reason_);
}

}  // namespace stanflow
