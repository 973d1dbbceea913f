#include "core/io/generic_csv.h"

#include <utility>
#include <vector>

#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/io/csv_schema.h"
#include "core/io/csv_splitter.h"
#include "core/io/line_flow_reader.h"
#include "core/io/named_rows.h"

namespace stanflow {
namespace {

// A row in the words of a schema.
class SchemaRow {
 public:
  SchemaRow(const CsvSchema& schema, const std::vector<Cell>& row, std::string* reason)
      : schema_(schema), row_(row), parser_(reason) {}

  bool Parse(BiflowRecord* record) const {
    Flow& flow = record->forward;
    if (!Times(&flow) || !parser_.Protocol(At(CsvField::kProtocol), &flow.protocol) ||
        !parser_.Address(At(CsvField::kSourceAddress), &flow.source_address) ||
        !parser_.Address(At(CsvField::kDestinationAddress), &flow.destination_address) ||
        !parser_.NumberOrNone(At(CsvField::kSourcePort), 65535, &flow.source_port) ||
        !DestinationPort(&flow) || !parser_.NumberOrNone(At(CsvField::kTos), 255, &flow.tos)) {
      return false;
    }
    record->reverse = Reversed(flow);
    record->reverse.tos = flow.tos;
    return Flags(CsvField::kTcpFlags, &flow.tcp_flags) &&
           Flags(CsvField::kReverseTcpFlags, &record->reverse.tcp_flags) &&
           parser_.Number(At(CsvField::kPackets), 0, kMaxFlowCount, &flow.packets) &&
           parser_.Number(At(CsvField::kBytes), 0, kMaxFlowCount, &flow.bytes) &&
           parser_.NumberOrNone(At(CsvField::kReversePackets), kMaxFlowCount, &record->reverse.packets) &&
           parser_.NumberOrNone(At(CsvField::kReverseBytes), kMaxFlowCount, &record->reverse.bytes);
  }

 private:
  const Cell& At(CsvField field) const { return row_[static_cast<size_t>(field)]; }

  bool Time(CsvField field, int64_t* us) const {
    const int64_t unit_us = schema_[field].unit_us;
    const auto value = unit_us == 0 ? ParseUtcMicros(At(field).text) : ParseMicros(At(field).text, unit_us);
    if (!value) {
      return parser_.Fail(At(field), unit_us == 0 ? "is not a time like 2016-04-11T00:01:38Z"
                                                  : "is not a number of the schema's unit since 1970");
    }
    *us = *value;
    return true;
  }

  bool Times(Flow* flow) const {
    const Cell& length = At(CsvField::kDuration);
    int64_t start = 0, end = 0, duration = 0;
    if (length.in_file && !parser_.Duration(length, schema_[CsvField::kDuration].unit_us, &duration))
      return false;
    if (At(CsvField::kEnd).in_file && !Time(CsvField::kEnd, &end)) return false;
    if (At(CsvField::kStart).in_file && !Time(CsvField::kStart, &start)) return false;
    if (!length.in_file) return parser_.SetTimes(At(CsvField::kEnd), end, end - start, flow);
    if (!At(CsvField::kEnd).in_file) end = start + duration;
    return parser_.SetTimes(length, end, duration, flow);
  }

  bool DestinationPort(Flow* flow) const {
    const Cell& cell = At(CsvField::kDestinationPort);
    return cell.text.empty() || parser_.DestinationPort(cell, flow->protocol, &flow->destination_port);
  }

  bool Flags(CsvField field, uint8_t* flags) const {
    const Cell& cell = At(field);
    if (cell.text.empty()) return true;
    const bool decimal = cell.text.find_first_not_of("0123456789") == std::string_view::npos;
    return decimal ? parser_.Number(cell, 0, 255, flags) : parser_.Flags(cell, flags);
  }

  const CsvSchema& schema_;
  const std::vector<Cell>& row_;
  const CellParser parser_;
};

class GenericCsvReader final : public LineFlowReader {
 public:
  GenericCsvReader(CsvSchema schema, ReaderInput input)
      : LineFlowReader(kGenericCsvFormat, std::move(input.source)),
        schema_(std::move(schema)),
        wanted_(Wanted(schema_)),
        splitter_(schema_.delimiter),
        rows_(
            wanted_, input.options.biflow,
            [this](std::string_view line, std::vector<std::string_view>* cells, std::string* reason) {
              return splitter_.Split(line, cells, reason);
            },
            [this](const std::vector<Cell>& row, BiflowRecord* record, std::string* reason) {
              return SchemaRow(schema_, row, reason).Parse(record);
            }) {}

 private:
  static std::vector<NamedColumn> Wanted(const CsvSchema& schema) {
    std::vector<NamedColumn> wanted;
    for (const CsvSchema::Column& column : schema.columns)
      wanted.push_back({{column.name}, !column.name.empty()});
    return wanted;
  }

  void Take(const LineReader::Line& line, FlowBatch* batch) override {
    if (!schema_.header) {
      TakeUnnamed(line, batch);
      return;
    }
    if (names_.empty()) {
      names_ = std::string(line.text);
      const absl::Status status = rows_.SetNamesFrom(names_);
      if (!status.ok()) rows_.ForgetNames(StrCat("follows a line of names that ", ToStd(status.message())));
    }
    if (line.text != names_) rows_.Take(line, batch);
  }

  // The first row that can be read says how many columns there are.
  void TakeUnnamed(const LineReader::Line& line, FlowBatch* batch) {
    if (!width_known_) {
      const absl::Status status = NumberColumns(line.text);
      if (!status.ok()) rows_.ForgetNames(std::string(status.message()));
    }
    const size_t before = batch->flows.size();
    rows_.Take(line, batch);
    width_known_ = width_known_ || batch->flows.size() > before;
  }

  // Names as many columns as the line has "1", "2", ...
  absl::Status NumberColumns(std::string_view line) {
    std::vector<std::string_view> cells;
    std::string reason;
    if (!splitter_.Split(line, &cells, &reason)) return absl::InvalidArgumentError(reason);
    std::vector<std::string> numbers;
    for (size_t i = 1; i <= cells.size(); ++i) numbers.push_back(StrCat(i));
    return rows_.SetNames(std::vector<std::string_view>(numbers.begin(), numbers.end()));
  }

  const CsvSchema schema_;
  const std::vector<NamedColumn> wanted_;  // by CsvField; the names are the schema's
  CsvSplitter splitter_;
  NamedRows rows_;
  std::string names_;  // the first line
  bool width_known_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<FlowReader>> OpenGenericCsv(ReaderInput input) {
  if (input.options.schema.empty()) return ProbeGenericCsv({});
  STANFLOW_ASSIGN_OR_RETURN(CsvSchema schema, ParseCsvSchema(input.options.schema));
  return std::make_unique<GenericCsvReader>(std::move(schema), std::move(input));
}

absl::Status ProbeGenericCsv(std::string_view) {
  return absl::InvalidArgumentError(
      "schema: none is given; one is needed, which says what each column holds");
}

}  // namespace stanflow
