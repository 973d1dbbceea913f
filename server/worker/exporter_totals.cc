#include "server/worker/exporter_totals.h"

#include "core/base/strings.h"

namespace stanflow {
namespace {

constexpr size_t kMaxExporters = 100;
constexpr char kOthers[] = "others";

}  // namespace

void ExporterTotals::Add(const std::vector<NfcapdExporter>& exporters) {
  for (const NfcapdExporter& exporter : exporters) {
    const bool has_name = exporters_.size() < kMaxExporters || exporters_.count(exporter.name) > 0;
    NfcapdExporter& known = exporters_[has_name ? exporter.name : kOthers];
    known.sequence_failures += exporter.sequence_failures;
    known.packets += exporter.packets;
    known.flows += exporter.flows;
  }
}

nlohmann::json ExporterTotals::ToJson() const {
  nlohmann::json json = nlohmann::json::object();
  for (const auto& [name, e] : exporters_) {
    json[name] = {{"sequence_failures", e.sequence_failures}, {"packets", e.packets}, {"flows", e.flows}};
  }
  return json;
}

absl::StatusOr<ExporterTotals> ExporterTotals::FromJson(const nlohmann::json& json) {
  ExporterTotals totals;
  try {
    for (const auto& [name, e] : json.items()) {
      totals.exporters_[name] = {name, e.at("sequence_failures"), e.at("packets"), e.at("flows")};
    }
  } catch (const nlohmann::json::exception& e) {
    return absl::InvalidArgumentError(StrCat("exporters: ", e.what()));
  }
  return totals;
}

}  // namespace stanflow
