#include "server/jobs/collection_report.h"

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

// One place for the names: calls visit(name, field) for each.
template <typename Report, typename Visit>
void ForEachField(Report& report, Visit visit) {
  visit("flows", report.flows);
  visit("rejected_flows", report.rejected_flows);
  visit("dropped_flows", report.dropped_flows);
  visit("dropped_datagrams", report.dropped_datagrams);
  visit("bad_datagrams", report.bad_datagrams);
  visit("sequence_failures", report.sequence_failures);
  visit("lost_files", report.lost_files);
  visit("spool_bytes", report.spool_bytes);
  visit("dataset_rows", report.dataset_rows);
  visit("published_rows", report.published_rows);
}

}  // namespace

CollectionReport CountsSince(const CollectionReport& before, CollectionReport now) {
  now.flows -= before.flows;
  now.rejected_flows -= before.rejected_flows;
  now.dropped_flows -= before.dropped_flows;
  now.dropped_datagrams -= before.dropped_datagrams;
  now.bad_datagrams -= before.bad_datagrams;
  now.sequence_failures -= before.sequence_failures;
  now.lost_files -= before.lost_files;
  return now;
}

std::string DescribeCounts(const CollectionReport& report) {
  std::string text = absl::StrCat(report.flows, " flows");
  const auto add = [&text](uint64_t count, const char* what) {
    if (count > 0) absl::StrAppend(&text, ", ", count, what);
  };
  add(report.rejected_flows, " rejected");
  add(report.dropped_flows, " dropped");
  add(report.dropped_datagrams, " datagrams dropped by the kernel");
  add(report.bad_datagrams, " bad datagrams");
  add(report.sequence_failures, " gaps in sequence numbers");
  add(report.lost_files, " files lost");
  return text;
}

nlohmann::json CollectionReportToJson(const CollectionReport& report) {
  nlohmann::json json;
  ForEachField(report, [&](const char* name, const auto& field) { json[name] = field; });
  return json;
}

absl::StatusOr<CollectionReport> CollectionReportFromJson(const nlohmann::json& json) {
  CollectionReport report;
  try {
    ForEachField(report, [&](const char* name, auto& field) { json.at(name).get_to(field); });
  } catch (const nlohmann::json::exception& e) {
    return absl::InvalidArgumentError(absl::StrCat("collection report: ", e.what()));
  }
  return report;
}

}  // namespace stanflow
