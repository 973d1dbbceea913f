#ifndef STANFLOW_SERVER_JOBS_SINK_REPORT_H_
#define STANFLOW_SERVER_JOBS_SINK_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "nlohmann/json_fwd.hpp"

namespace stanflow {

// Upper bounds of the buckets that lateness is counted in, seconds; there is one more above the last.
inline constexpr double kLatenessSeconds[] = {0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10, 60};
inline constexpr size_t kLatenessBuckets = sizeof(kLatenessSeconds) / sizeof(kLatenessSeconds[0]) + 1;

// What a stream job tells of its sink, since its attempt began; told again and again while it runs.
struct SinkReport {
  std::string sink;  // scheme of its URL: "netflow9"
  // As SinkCounts (core/export/flow_sink.h).
  uint64_t flows = 0, packets = 0, bytes = 0, dropped_flows = 0, clamped_values = 0, errors = 0;
  double waited_seconds = 0;
  uint64_t repeated_flows = 0;  // handed to the sink by the attempt before, and again: sent twice, at most
  // Flows of a paced stream by how late they left; empty for one without pace. Sum over the same flows.
  std::vector<uint64_t> lateness_buckets;
  double lateness_sum_seconds = 0;
  double lag_seconds = 0;       // how late the newest flow left
  int64_t flow_end_ms = 0;      // of the newest flow; 0: none yet
  uint64_t committed_rows = 0;  // flows of the stream that are never sent again
};

nlohmann::json SinkReportToJson(const SinkReport& report);
// INVALID_ARGUMENT if it is none.
absl::StatusOr<SinkReport> SinkReportFromJson(const nlohmann::json& json);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_JOBS_SINK_REPORT_H_
