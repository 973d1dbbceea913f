#include "core/io/csv_schema.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_join.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/io/cell_parser.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

using nlohmann::json;

constexpr std::array<const char*, kNumCsvFields> kFieldNames = {"start",
                                                                "end",
                                                                "duration",
                                                                "source_address",
                                                                "destination_address",
                                                                "source_port",
                                                                "destination_port",
                                                                "protocol",
                                                                "tcp_flags",
                                                                "tos",
                                                                "packets",
                                                                "bytes",
                                                                "reverse_packets",
                                                                "reverse_bytes",
                                                                "reverse_tcp_flags"};

struct Unit {
  const char* name;
  int64_t us;
};
constexpr Unit kUnits[] = {{"s", 1'000'000}, {"ms", 1000}, {"us", 1}, {"iso8601", 0}};

constexpr CsvField kNeeded[] = {CsvField::kSourceAddress, CsvField::kDestinationAddress, CsvField::kProtocol,
                                CsvField::kPackets, CsvField::kBytes};

// A schema comes from a stranger. Copying, comparing or printing JSON recurses as deep as it is nested, which
// this bounds; and nothing below does so to a value of unknown form. One that maps every field has 2 kB.
constexpr size_t kMaxSchemaBytes = 16 << 10;

template <typename... Pieces>
absl::Status Wrong(const Pieces&... pieces) {
  return absl::InvalidArgumentError(StrCat("schema: ", pieces...));
}

bool IsTime(CsvField field) { return field <= CsvField::kDuration; }

absl::Status CheckKeys(const json& object, const std::string& where, const std::vector<std::string>& known) {
  for (const auto& item : object.items()) {
    if (std::find(known.begin(), known.end(), item.key()) == known.end()) {
      return Wrong(where, "there is no key ", Quoted(item.key()),
                   "; there are: ", absl::StrJoin(known, ", "));
    }
  }
  return absl::OkStatus();
}

absl::Status SetDelimiter(const json& root, char* delimiter) {
  if (!root.contains("delimiter")) return absl::OkStatus();
  const json& value = root["delimiter"];
  const std::string text = value.is_string() ? value.get<std::string>() : "";
  if (text.size() != 1 || text == "\"" || text == "\n" || text == "\r") {
    return Wrong("delimiter is ", value.is_string() ? Quoted(text) : "no string",
                 R"(; write one character, such as "," or ";" or "\t")");
  }
  *delimiter = text[0];
  return absl::OkStatus();
}

absl::Status SetHeader(const json& root, bool* header) {
  if (!root.contains("header")) return absl::OkStatus();
  if (!root["header"].is_boolean()) return Wrong("header is neither true nor false");
  *header = root["header"].get<bool>();
  return absl::OkStatus();
}

absl::Status SetUnit(const json& from, const std::string& where, bool may_be_text, int64_t* unit_us) {
  const auto unit = from.find("unit");
  for (const Unit& known : kUnits) {
    if (unit == from.end() || *unit != known.name || (known.us == 0 && !may_be_text)) continue;
    *unit_us = known.us;
    return absl::OkStatus();
  }
  return Wrong(where, ".unit ", unit == from.end() ? "is missing" : "is not known",
               "; it is one of s, ms, us", may_be_text ? ", iso8601" : "");
}

absl::Status SetPlace(const json& from, const std::string& where, bool header, std::string* name) {
  const auto value = from.find(header ? "name" : "column");
  if (value != from.end() && header && value->is_string() && !value->get<std::string>().empty()) {
    *name = value->get<std::string>();
    return absl::OkStatus();
  }
  if (value != from.end() && !header && value->is_number_unsigned() && value->get<uint64_t>() > 0) {
    *name = StrCat(value->get<uint64_t>());
    return absl::OkStatus();
  }
  return header ? Wrong(where, ".name is not a column's name; write it as it stands in the first line")
                : Wrong(where, ".column is not a column's number; without a header they count from 1");
}

absl::Status SetColumn(const json& from, CsvField field, bool header, CsvSchema::Column* column) {
  const std::string where = StrCat("columns.", CsvFieldName(field));
  if (!from.is_object()) return Wrong(where, R"( is not an object like {"name": "Packets"})");
  std::vector<std::string> keys = {header ? "name" : "column"};
  if (IsTime(field)) keys.push_back("unit");
  STANFLOW_RETURN_IF_ERROR(CheckKeys(from, where + ": ", keys));
  STANFLOW_RETURN_IF_ERROR(SetPlace(from, where, header, &column->name));
  return IsTime(field) ? SetUnit(from, where, field != CsvField::kDuration, &column->unit_us)
                       : absl::OkStatus();
}

absl::Status CheckComplete(const CsvSchema& schema) {
  for (const CsvField field : kNeeded) {
    if (!schema[field].name.empty()) continue;
    return Wrong("columns.", CsvFieldName(field), " is missing; say which column holds it, like ",
                 R"({"name": ")", CsvFieldName(field), R"("})");
  }
  const auto has = [&](CsvField field) { return schema[field].name.empty() ? 0 : 1; };
  if (has(CsvField::kStart) + has(CsvField::kEnd) + has(CsvField::kDuration) != 2) {
    return Wrong("columns has not two of start, end and duration; the third follows from the other two");
  }
  if (has(CsvField::kReversePackets) != has(CsvField::kReverseBytes)) {
    return Wrong("columns has one of reverse_packets and reverse_bytes; answers need both");
  }
  return absl::OkStatus();
}

}  // namespace

std::string_view CsvFieldName(CsvField field) { return kFieldNames[static_cast<size_t>(field)]; }

absl::StatusOr<CsvSchema> ParseCsvSchema(std::string_view text) {
  if (text.size() > kMaxSchemaBytes) {
    return Wrong("has ", text.size(), " bytes; at most ", kMaxSchemaBytes, " are read");
  }
  const json root = json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (!root.is_object()) return Wrong(R"(is not JSON of the form {"columns": {"end": {"name": ...}, ...}})");
  STANFLOW_RETURN_IF_ERROR(CheckKeys(root, "", {"delimiter", "header", "columns"}));
  CsvSchema schema;
  STANFLOW_RETURN_IF_ERROR(SetDelimiter(root, &schema.delimiter));
  STANFLOW_RETURN_IF_ERROR(SetHeader(root, &schema.header));
  const auto found = root.find("columns");
  if (found == root.end() || !found->is_object()) return Wrong("columns is not an object of fields");
  const json& columns = *found;
  const std::vector<std::string> fields(kFieldNames.begin(), kFieldNames.end());
  STANFLOW_RETURN_IF_ERROR(CheckKeys(columns, "columns: ", fields));
  for (size_t i = 0; i < kNumCsvFields; ++i) {
    if (!columns.contains(kFieldNames[i])) continue;
    STANFLOW_RETURN_IF_ERROR(
        SetColumn(columns[kFieldNames[i]], static_cast<CsvField>(i), schema.header, &schema.columns[i]));
  }
  STANFLOW_RETURN_IF_ERROR(CheckComplete(schema));
  return schema;
}

}  // namespace stanflow
