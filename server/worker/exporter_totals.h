#ifndef STANFLOW_SERVER_WORKER_EXPORTER_TOTALS_H_
#define STANFLOW_SERVER_WORKER_EXPORTER_TOTALS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/io/nfcapd.h"
#include "nlohmann/json.hpp"

namespace stanflow {

// What each exporter of a collection has sent. The first hundred have a name; all others are one, so that
// this stays small whoever sends. Not safe for concurrent use.
class ExporterTotals {
 public:
  // Adds those of a file.
  void Add(const std::vector<NfcapdExporter>& exporters);

  // {NAME: {"sequence_failures": N, "packets": N, "flows": N}, ...}
  nlohmann::json ToJson() const;
  // INVALID_ARGUMENT if it is not what ToJson answers.
  static absl::StatusOr<ExporterTotals> FromJson(const nlohmann::json& json);

 private:
  std::map<std::string, NfcapdExporter> exporters_;
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_WORKER_EXPORTER_TOTALS_H_
