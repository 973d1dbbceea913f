#ifndef STANFLOW_SERVER_WORKER_COLLECT_SPEC_H_
#define STANFLOW_SERVER_WORKER_COLLECT_SPEC_H_

#include <chrono>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "core/dataset/growing_dataset.h"
#include "nlohmann/json.hpp"

namespace stanflow {

// What a collection is to do.
struct CollectSpec {
  GrowingDatasetOptions dataset;
  std::string base_digest;  // of the dataset that is there already, whose rows are the first; empty: none
  std::string listen;       // as it was given
  uint32_t address = 0;     // its meaning; 0: every address of the machine
  uint16_t port = 0;
  double max_minutes = 0;  // 0: no limit
  std::chrono::seconds publish_every{60};
  uint64_t max_spool_bytes = 0;
  uint64_t receive_buffer_bytes = 0;
};

// {"dataset": ID, "home": [CIDR...], "holdout": RULE, "base_digest": HEX, "listen": "ADDRESS:PORT",
//  "max_rows": N, "max_minutes": M, "publish_seconds": N, "max_spool_bytes": N,
//  "receive_buffer_bytes": N}. INVALID_ARGUMENT names what is wrong.
absl::StatusOr<CollectSpec> ParseCollectSpec(const nlohmann::json& json);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_WORKER_COLLECT_SPEC_H_
