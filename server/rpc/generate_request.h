#ifndef STANFLOW_SERVER_RPC_GENERATE_REQUEST_H_
#define STANFLOW_SERVER_RPC_GENERATE_REQUEST_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "core/generate/resume_token.h"
#include "core/generate/stream_spec.h"
#include "stanflow/v1/synthesis.pb.h"

namespace stanflow {

// GenerateRequest in native types, checked as far as that goes without the model.
struct GenerateInput {
  std::string model;
  StreamSpec spec;             // `hosts` and `start_ms` are set by CompleteSpec where the request has none
  bool default_hosts = false;  // the training hosts' number, 90 at most
  bool default_start = false;  // the midnight before the training data
  uint32_t chunk_rows = 1024;
  std::optional<ResumeToken> resume;
};

// INVALID_ARGUMENT "FIELD: ...", field names as in the request.
absl::StatusOr<GenerateInput> ParseGenerateRequest(const v1::GenerateRequest& request);

// What a model says for streams that leave it open.
struct StreamDefaults {
  uint32_t hosts = 1;
  int64_t start_ms = 0;
};

// The spec with the model's defaults filled in, valid.
absl::StatusOr<StreamSpec> CompleteSpec(const GenerateInput& input, const StreamDefaults& defaults);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_RPC_GENERATE_REQUEST_H_
