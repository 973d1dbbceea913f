#include "client/cli/lib/report_text.h"

#include <cmath>
#include <functional>
#include <initializer_list>
#include <set>
#include <utility>

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

// Measures of how rows hang together, each one number beside its floor.
std::string Structure(const Json& report) {
  Table table({"STRUCTURE", ">VALUE", ">FLOOR", ">B1"});
  const auto add = [&](const char* label, const Json& from) {
    if (!from.is_object()) return false;
    table.Row(
        {label, Figure(At(from, {"value"}), 4), Figure(At(from, {"floor"}), 4), Figure(At(from, {"b1"}), 4)});
    return true;
  };
  bool any = add("association of pairs, nats", At(report, {"association"}));
  any |= add("autocorrelation of ln bytes", At(report, {"autocorrelation", "bytes"}));
  any |= add("autocorrelation of delta", At(report, {"autocorrelation", "time_delta"}));
  any |= add("two-sample AUC (0.5 is best)", At(report, {"two_sample_auc"}));
  return any ? "\n" + table.ToString() : "";
}

// Of all series, from real rows only to none.
std::set<double, std::greater<>> RealFractions(const Json& points) {
  std::set<double, std::greater<>> out;
  for (const Json& point : points) {
    const Json& fraction = At(point, {"real_fraction"});
    if (fraction.is_number()) out.insert(fraction.get<double>());
  }
  return out;
}

// One line a share of real rows.
std::string Tasks(const Json& report) {
  std::string out;
  for (const auto& [task, head] :
       {std::pair{"task1", "TASK 1, MACRO F1"}, {"task2", "TASK 2, SQUARED ERROR"}}) {
    const Json& points = At(report, {"tasks", task});
    if (!points.is_array()) continue;
    Table table({head, ">REAL ONLY", ">REST SYNTHETIC", ">REST B1"});
    for (const double fraction : RealFractions(points)) {
      const auto cell = [&](const char* series) -> std::string {
        for (const Json& point : points) {
          if (At(point, {"series"}) == series && At(point, {"real_fraction"}) == fraction)
            return StrCat(Figure(At(point, {"mean"}), 3), " +-", Figure(At(point, {"sd"}), 3));
        }
        return "-";
      };
      table.Row({StrCat("real share ", fraction), cell("real"), cell("synthetic"), cell("b1")});
    }
    StrAppend(&out, "\n", table.ToString());
  }
  return out;
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
  return StrCat(Overview(report), Likelihood(report), Divergence(report), Rules(report), Structure(report),
                Tasks(report), Notes(report));
}

}  // namespace stanflow
