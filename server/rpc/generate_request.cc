#include "server/rpc/generate_request.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "server/rpc/convert.h"
#include "server/rpc/status.h"

namespace stanflow {
namespace {

constexpr uint32_t kMaxChunkRows = 4096;

absl::Status ParseExtent(const v1::GenerateRequest& request, StreamSpec* spec) {
  if (request.extent_case() == v1::GenerateRequest::kRows) spec->rows = request.rows();
  if (request.extent_case() != v1::GenerateRequest::kDurationSeconds) return absl::OkStatus();
  const double ms = request.duration_seconds() * 1000;
  if (!(ms >= 1) || ms > static_cast<double>(std::numeric_limits<int64_t>::max()) / 2) {
    return FieldError("duration_seconds", "give 0.001 or more");
  }
  spec->duration_ms = std::llround(ms);
  return absl::OkStatus();
}

// The spec's own words for two fields of the request.
absl::Status WithRequestNames(const absl::Status& status) {
  const std::string message(status.message());
  if (message.rfind("duration: ", 0) == 0) return FieldError("duration_seconds", message.substr(10));
  return status;
}

}  // namespace

absl::StatusOr<GenerateInput> ParseGenerateRequest(const v1::GenerateRequest& request) {
  GenerateInput input;
  if (request.model().empty()) return FieldError("model", "empty; name a model, such as 'edge' or 'edge@3'");
  input.model = request.model();
  input.spec.seed = request.seed();
  input.spec.stream = request.stream();
  input.default_hosts = request.hosts() == 0;
  input.spec.hosts = input.default_hosts ? 1 : request.hosts();
  if (!request.home().empty()) {
    const absl::StatusOr<Cidr> home = Cidr::Parse(request.home());
    if (!home.ok()) return FieldError("home", ToStd(home.status().message()));
    input.spec.home = *home;
  }
  input.default_start = !request.has_start();
  if (request.has_start()) {
    STANFLOW_ASSIGN_OR_RETURN(input.spec.start_ms, TimestampMs("start", request.start()));
  }
  STANFLOW_RETURN_IF_ERROR(ParseExtent(request, &input.spec));
  if (request.chunk_rows() > kMaxChunkRows) {
    return FieldError("chunk_rows", StrCat(request.chunk_rows(), "; give 1 to ", kMaxChunkRows));
  }
  if (request.chunk_rows() != 0) input.chunk_rows = request.chunk_rows();
  if (!request.resume_token().empty()) {
    STANFLOW_ASSIGN_OR_RETURN(input.resume, DecodeResumeToken(request.resume_token()));
  }
  STANFLOW_RETURN_IF_ERROR(WithRequestNames(ValidateStreamSpec(input.spec)));
  return input;
}

absl::StatusOr<StreamSpec> CompleteSpec(const GenerateInput& input, const StreamDefaults& defaults) {
  StreamSpec spec = input.spec;
  if (input.default_hosts) spec.hosts = defaults.hosts;
  if (input.default_start) spec.start_ms = std::max<int64_t>(defaults.start_ms, 0);
  STANFLOW_RETURN_IF_ERROR(WithRequestNames(ValidateStreamSpec(spec)));
  return spec;
}

}  // namespace stanflow
