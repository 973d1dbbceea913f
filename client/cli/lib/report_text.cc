#include "client/cli/lib/report_text.h"

#include <cmath>
#include <initializer_list>

#include "client/cli/lib/format.h"
#include "core/base/strings.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

using Json = nlohmann::ordered_json;

// Null where the path leads nowhere.
const Json& At(const Json& from, std::initializer_list<const char*> path) {
  static const Json kNull;
  const Json* at = &from;
  for (const char* key : path) {
    if (!at->is_object() || !at->contains(key)) return kNull;
    at = &(*at)[key];
  }
  return *at;
}

std::string Figure(const Json& value, int digits) {
  return value.is_number() ? FormatFixed(value.get<double>(), digits) : "-";
}

std::string Percent(const Json& value) {
  return value.is_number() ? FormatFixed(100 * value.get<double>(), 2) + " %" : "-";
}

std::string Count(const Json& value) {
  return value.is_number_unsigned() ? FormatCount(value.get<uint64_t>()) : "-";
}

std::string Text(const Json& value) { return value.is_string() ? value.get<std::string>() : "-"; }

std::string Overview(const Json& report) {
  KeyValues lines;
  lines.Add("model", Text(At(report, {"model"})));
  lines.Add("dataset", Text(At(report, {"dataset"})));
  lines.Add("rows", StrCat(Count(At(report, {"rows_real"})), " real, ", Count(At(report, {"rows_synthetic"})),
                           " synthetic"));
  return lines.ToString();
}

// One line an attribute; nats of the model beside those of the baseline.
std::string Likelihood(const Json& report) {
  const Json& from = At(report, {"likelihood"});
  if (!At(from, {"exact_nats"}).is_object()) return "";
  Table table({"LIKELIHOOD, NATS A ROW", ">EXACT", ">B1", ">PAPER'S BINS", ">B1"});
  for (const auto& [name, value] : At(from, {"exact_nats"}).items()) {
    const char* const key = name.c_str();
    table.Row({name, Figure(value, 4), Figure(At(from, {"b1", "exact_nats", key}), 4),
               Figure(At(from, {"paper_nats", key}), 4), Figure(At(from, {"b1", "paper_nats", key}), 4)});
  }
  table.Row({"whole row", Figure(At(from, {"exact_nats_per_row"}), 4),
             Figure(At(from, {"b1", "exact_nats_per_row"}), 4), "", ""});
  return "\n" + table.ToString();
}

std::string Divergence(const Json& report) {
  const Json& from = At(report, {"jsd"});
  if (!from.is_object()) return "";
  Table table({"JENSEN-SHANNON DIVERGENCE", ">VALUE", ">FLOOR", ">LAST QUARTER", ">ITS FLOOR", ">B1"});
  for (const auto& [name, line] : from.items()) {
    table.Row({name, Figure(At(line, {"value"}), 4), Figure(At(line, {"floor"}), 4),
               Figure(At(line, {"last_quarter"}), 4), Figure(At(line, {"last_quarter_floor"}), 4),
               Figure(At(line, {"b1"}), 4)});
  }
  return "\n" + table.ToString();
}

std::string Rules(const Json& report) {
  const Json& from = At(report, {"rules"});
  if (!from.is_object()) return "";
  Table table({"RULE", ">REAL", ">SYNTHETIC", ">B1"});
  for (const auto& [name, line] : from.items()) {
    if (!line.is_object()) continue;
    table.Row(
        {name, Percent(At(line, {"real"})), Percent(At(line, {"synthetic"})), Percent(At(line, {"b1"}))});
  }
  return "\n" + table.ToString();
}

std::string Notes(const Json& report) {
  std::string out;
  const Json& notes = At(report, {"notes"});
  if (!notes.is_array()) return out;
  for (const Json& note : notes) StrAppend(&out, "\nnote: ", Text(note), "\n");
  return out;
}

}  // namespace

absl::StatusOr<std::string> DescribeReport(const std::string& report_json) {
  const Json report = Json::parse(report_json, nullptr, /*allow_exceptions=*/false);
  if (!report.is_object()) return absl::DataLossError("the job's report.json is damaged; evaluate again");
  return StrCat(Overview(report), Likelihood(report), Divergence(report), Rules(report), Notes(report));
}

}  // namespace stanflow
