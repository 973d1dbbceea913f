#ifndef STANFLOW_SERVER_WORKER_STREAM_SPEC_H_
#define STANFLOW_SERVER_WORKER_STREAM_SPEC_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "core/export/flow_sink.h"
#include "core/export/pacer.h"
#include "core/export/sink_url.h"
#include "core/generate/stream_spec.h"
#include "nlohmann/json.hpp"

namespace stanflow {

// What a stream job is to do.
struct StreamJobSpec {
  std::string model;  // "models/M/versions/N": an attempt goes on with the version that the first one had
  StreamSpec flows;
  std::string to;  // as it was given
  SinkUrl url;     // its meaning
  Pace pace;
  WhenFull when_full = WhenFull::kWait;
  uint32_t exporters = 1;
  std::string file_dir;  // SinkOptions::file_dir
};

// {"model": "models/M/versions/N", "generate": {"seed", "stream", "hosts", "home", "start_ms", "rows" or
//  "duration_ms" or neither}, "to": URL, "rate" or "speed": X or neither, "when_full": "wait" | "drop",
//  "exporters": N, "file_dir": PATH}. INVALID_ARGUMENT names what is wrong.
absl::StatusOr<StreamJobSpec> ParseStreamJobSpec(const nlohmann::json& json);

// Scheme of a sink's URL: "netflow9".
std::string SinkName(const std::string& to);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_WORKER_STREAM_SPEC_H_
