#include "server/worker/evaluate_spec.h"

#include <algorithm>

#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/flow/time.h"
#include "server/worker/generate_flows.h"

namespace stanflow {
namespace {

// Generate's default (api: GenerateRequest.hosts).

// A missing field and null are the same; `fallback` where it is missing.
template <typename T>
T Get(const nlohmann::json& json, const char* field, T fallback) {
  return json.contains(field) && !json[field].is_null() ? json[field].get<T>() : fallback;
}

}  // namespace

absl::StatusOr<EvaluateSpec> ParseEvaluateSpec(const nlohmann::json& json) {
  EvaluateSpec out;
  try {
    out.model = Get<std::string>(json, "model", "");
    out.version = Get<uint64_t>(json, "version", 0);
    out.dataset = Get<std::string>(json, "dataset", "");
    out.synthetic_dataset = Get<std::string>(json, "synthetic_dataset", "");
    out.max_likelihood_rows = Get<uint64_t>(json, "max_likelihood_rows", 0);
    if (json.contains("task_rows")) out.task_rows = json["task_rows"].get<uint64_t>();
    out.generate = Get<nlohmann::json>(json, "generate", nlohmann::json::object());
    if (out.synthetic_dataset.empty()) {
      STANFLOW_RETURN_IF_ERROR(CheckFlowCount(Get<uint64_t>(out.generate, "rows", 0)));
    }
  } catch (const nlohmann::json::exception& e) {
    return absl::InvalidArgumentError(StrCat("evaluate spec: ", e.what()));
  }
  if (out.dataset.empty())
    return absl::InvalidArgumentError("evaluate spec: name the dataset to judge against");
  if (out.model.empty() && out.synthetic_dataset.empty()) {
    return absl::InvalidArgumentError("evaluate spec: name a model, a synthetic dataset, or both");
  }
  return out;
}

absl::StatusOr<StreamSpec> StreamSpecOf(const nlohmann::json& generate, const GeneratorInfo& info,
                                        uint64_t rows_real) {
  StreamSpec out;
  std::string home;
  try {
    out.seed = Get<uint64_t>(generate, "seed", 0);
    out.stream = Get<uint32_t>(generate, "stream", 0);
    out.hosts = Get<uint32_t>(generate, "hosts", 0);
    out.start_ms = Get<int64_t>(generate, "start_ms", info.default_start_ms);
    home = Get<std::string>(generate, "home", "");
    if (const auto rows = Get<uint64_t>(generate, "rows", 0)) out.rows = rows;
    if (const auto duration = Get<int64_t>(generate, "duration_ms", 0)) out.duration_ms = duration;
  } catch (const nlohmann::json::exception& e) {
    return absl::InvalidArgumentError(StrCat("evaluate spec, generate: ", e.what()));
  }
  if (out.hosts == 0) out.hosts = DefaultHosts(info.default_hosts, info.training_hosts);
  if (!home.empty()) {
    STANFLOW_ASSIGN_OR_RETURN(out.home, Cidr::Parse(home));
  }
  if (!out.rows && !out.duration_ms) out.rows = rows_real;
  STANFLOW_RETURN_IF_ERROR(ValidateStreamSpec(out));
  return out;
}

nlohmann::json StreamSpecToJson(const StreamSpec& spec) {
  nlohmann::json out = {{"seed", spec.seed},
                        {"stream", spec.stream},
                        {"hosts", spec.hosts},
                        {"home", spec.home.ToString()},
                        {"start", FormatUtc(spec.start_ms)}};
  if (spec.rows) out["rows"] = *spec.rows;
  if (spec.duration_ms) out["duration_ms"] = *spec.duration_ms;
  return out;
}

}  // namespace stanflow
