#ifndef STANFLOW_SERVER_JOBS_COLLECTION_REPORT_H_
#define STANFLOW_SERVER_JOBS_COLLECTION_REPORT_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "nlohmann/json_fwd.hpp"

namespace stanflow {

// What a collection has taken and lost since its attempt began; told again and again while it runs.
struct CollectionReport {
  uint64_t flows = 0;              // taken: durable, and part of the next dataset
  uint64_t rejected_flows = 0;     // records that can't be used: IPv6, no address at home, ...
  uint64_t dropped_flows = 0;      // given up because the spool was full or the dataset had all its rows
  uint64_t dropped_datagrams = 0;  // by the kernel, because the collector's socket was full
  uint64_t bad_datagrams = 0;      // that are no NetFlow nor IPFIX, or damaged
  uint64_t sequence_failures = 0;  // gaps in exporters' sequence numbers: lost on the way, or dropped
  uint64_t lost_files = 0;         // of the spool, which a collector that was killed did not finish
  // As it is now.
  uint64_t spool_bytes = 0;     // received, and not taken yet
  uint64_t dataset_rows = 0;    // taken in all, by all attempts, and those that the dataset began with
  uint64_t published_rows = 0;  // of them, those in the dataset that has the name
};

// The counts of `now` without those of `before`; the rest as it is now.
CollectionReport CountsSince(const CollectionReport& before, CollectionReport now);
// "1200 flows, 3 rejected" and whatever was lost.
std::string DescribeCounts(const CollectionReport& report);

nlohmann::json CollectionReportToJson(const CollectionReport& report);
// INVALID_ARGUMENT if it is none.
absl::StatusOr<CollectionReport> CollectionReportFromJson(const nlohmann::json& json);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_JOBS_COLLECTION_REPORT_H_
