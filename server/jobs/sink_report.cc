#include "server/jobs/sink_report.h"

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

// One place for the names: calls visit(name, field) for each.
template <typename Report, typename Visit>
void ForEachField(Report& report, Visit visit) {
  visit("sink", report.sink);
  visit("flows", report.flows);
  visit("packets", report.packets);
  visit("bytes", report.bytes);
  visit("dropped_flows", report.dropped_flows);
  visit("clamped_values", report.clamped_values);
  visit("errors", report.errors);
  visit("waited_seconds", report.waited_seconds);
  visit("repeated_flows", report.repeated_flows);
  visit("lateness_buckets", report.lateness_buckets);
  visit("lateness_sum_seconds", report.lateness_sum_seconds);
  visit("lag_seconds", report.lag_seconds);
  visit("flow_end_ms", report.flow_end_ms);
  visit("committed_rows", report.committed_rows);
}

}  // namespace

nlohmann::json SinkReportToJson(const SinkReport& report) {
  nlohmann::json json;
  ForEachField(report, [&](const char* name, const auto& field) { json[name] = field; });
  return json;
}

absl::StatusOr<SinkReport> SinkReportFromJson(const nlohmann::json& json) {
  SinkReport report;
  try {
    ForEachField(report, [&](const char* name, auto& field) { json.at(name).get_to(field); });
  } catch (const nlohmann::json::exception& e) {
    return absl::InvalidArgumentError(absl::StrCat("sink report: ", e.what()));
  }
  if (report.lateness_buckets.empty() || report.lateness_buckets.size() == kLatenessBuckets) return report;
  return absl::InvalidArgumentError("sink report: lateness_buckets of another length");
}

}  // namespace stanflow
