#include "server/rpc/job_specs.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "absl/strings/str_join.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/eval/metric.h"
#include "core/export/pacer.h"
#include "nlohmann/json.hpp"
#include "server/registry/resource_name.h"
#include "server/rpc/generate_request.h"
#include "server/rpc/job_request.h"
#include "server/rpc/status.h"

namespace stanflow {
namespace {

constexpr char kDefaultPreset[] = "causal";
constexpr uint64_t kReproduceRows = 1000000, kReproduceTaskRows = 20000;
// Of paper.json (core/study/paper_json.h).
constexpr const char* kPaperModels[] = {"stan", "stan_paper", "b1", "b2", "b3", "b4"};

absl::StatusOr<StreamDefaults> DefaultsOf(const ModelVersionInfo& info) {
  const nlohmann::json manifest =
      nlohmann::json::parse(info.manifest_json, nullptr, /*allow_exceptions=*/false);
  try {
    return StreamDefaults{
        DefaultHosts(manifest.value("default_hosts", 0u), manifest.at("hosts").get<uint32_t>()),
        manifest.at("default_start_ms").get<int64_t>()};
  } catch (const nlohmann::json::exception& e) {
    return absl::DataLossError(StrCat("the manifest of ", info.id.ToString(), " is damaged: ", e.what()));
  }
}

// What `model` is asked for; `field`: of the request, for errors.
absl::StatusOr<nlohmann::json> FlowsSpec(const std::string& field, const v1::GenerateRequest& generate,
                                         const ModelVersionInfo& model) {
  if (!generate.resume_token().empty()) return FieldError(field + ".resume_token", "must be empty here");
  const absl::StatusOr<GenerateInput> input = ParseGenerateRequest(generate);
  if (!input.ok()) return InField(field, input.status());
  STANFLOW_ASSIGN_OR_RETURN(const StreamDefaults defaults, DefaultsOf(model));
  const absl::StatusOr<StreamSpec> spec = CompleteSpec(*input, defaults);
  if (!spec.ok()) return InField(field, spec.status());
  nlohmann::json json = {{"seed", spec->seed},
                         {"stream", spec->stream},
                         {"hosts", spec->hosts},
                         {"home", spec->home.ToString()},
                         {"start_ms", spec->start_ms}};
  if (spec->rows.has_value()) json["rows"] = *spec->rows;
  if (spec->duration_ms.has_value()) json["duration_ms"] = *spec->duration_ms;
  return json;
}

// The same for a request that names its model beside it, and has an end.
absl::StatusOr<nlohmann::json> GenerateSpec(const std::string& field, v1::GenerateRequest generate,
                                            const ModelVersionInfo& model, const RpcEnvironment& env) {
  if (!generate.model().empty()) return FieldError(field + ".model", "must be empty; 'model' says it");
  generate.set_model(model.id.ToString());
  if (generate.extent_case() == v1::GenerateRequest::EXTENT_NOT_SET) {
    generate.set_rows(env.options.default_evaluate_rows);
  }
  return FlowsSpec(field, generate, model);
}

absl::StatusOr<Pace> PaceOf(const v1::StreamRequest& request) {
  Pace pace;
  std::string field;
  if (request.pace_case() == v1::StreamRequest::kFlowsPerSecond) {
    pace = {Pace::Kind::kRate, request.flows_per_second()};
    field = "flows_per_second";
  } else if (request.pace_case() == v1::StreamRequest::kSpeed) {
    pace = {Pace::Kind::kSpeed, request.speed()};
    field = "speed";
  }
  const absl::Status status = CheckPace(pace);
  if (!status.ok()) return FieldError(field, ToStd(status.message()));
  return pace;
}

}  // namespace

absl::StatusOr<JobRequest> TrainJob(const v1::TrainRequest& request, const RpcEnvironment& env) {
  STANFLOW_ASSIGN_OR_RETURN(const DatasetInfo dataset, env.datasets->Get("dataset", request.dataset()));
  STANFLOW_ASSIGN_OR_RETURN(const std::string model, ParseId("model", "models", request.model()));
  const std::string preset = PresetOf(request);
  const std::map<std::string, std::string> options(request.options().begin(), request.options().end());
  STANFLOW_RETURN_IF_ERROR(env.validate_train_options(preset, options));
  if (!std::isfinite(request.max_minutes()) || request.max_minutes() < 0) {
    return FieldError("max_minutes", "give 0 (no budget) or more");
  }
  if (dataset.manifest.train_rows == 0) {
    return FieldError("dataset", StrCat("'", dataset.manifest.name, "' has no rows outside of its hold-out (",
                                        dataset.manifest.holdout.ToString(), ")"));
  }
  const nlohmann::json spec = {
      {"dataset", dataset.manifest.name},     {"model", model},     {"preset", preset},
      {"max_minutes", request.max_minutes()}, {"options", options}, {"seed", request.seed()}};
  return NewJobRequest(JobKind::kTrain, spec, request);
}

std::string PresetOf(const v1::TrainRequest& request) {
  return request.preset().empty() ? kDefaultPreset : request.preset();
}

absl::StatusOr<JobRequest> EvaluateJob(const v1::EvaluateRequest& request, const RpcEnvironment& env) {
  STANFLOW_ASSIGN_OR_RETURN(const DatasetInfo dataset, env.datasets->Get("dataset", request.dataset()));
  if (request.model().empty()) return FieldError("model", "empty; name a model, such as 'edge' or 'edge@3'");
  STANFLOW_ASSIGN_OR_RETURN(const VersionId id, env.models->Resolve("model", request.model()));
  STANFLOW_ASSIGN_OR_RETURN(const ModelVersionInfo model, env.models->Get(id));
  nlohmann::json spec = {
      {"model", id.model},
      {"version", id.version},
      {"dataset", dataset.manifest.name},
      {"synthetic_dataset", ""},
      {"max_likelihood_rows", request.max_likelihood_rows()},
      {"task_rows", request.has_task_rows() ? request.task_rows() : uint64_t{TaskOptions().rows_per_fit}}};
  STANFLOW_ASSIGN_OR_RETURN(spec["generate"], GenerateSpec("generate", request.generate(), model, env));
  if (!request.synthetic_dataset().empty()) {
    STANFLOW_ASSIGN_OR_RETURN(const DatasetInfo synthetic,
                              env.datasets->Get("synthetic_dataset", request.synthetic_dataset()));
    spec["synthetic_dataset"] = synthetic.manifest.name;
  }
  return NewJobRequest(JobKind::kEvaluate, std::move(spec), request);
}

absl::StatusOr<JobRequest> ReproduceJob(const v1::ReproduceRequest& request, const RpcEnvironment& env) {
  if (!env.can_reproduce) {
    return absl::FailedPreconditionError(
        "this stanflowd was built without LibTorch, which a reproduction needs; ask one that has it");
  }
  STANFLOW_ASSIGN_OR_RETURN(const DatasetInfo dataset, env.datasets->Get("dataset", request.dataset()));
  if (dataset.manifest.holdout_rows == 0) {
    return FieldError(
        "dataset",
        StrCat("'", dataset.manifest.name, "' has no rows held out (", dataset.manifest.holdout.ToString(),
               "), which the models are judged by; import the flows with a hold-out"));
  }
  nlohmann::json models = nlohmann::json::array();
  std::set<std::string> names;
  for (int i = 0; i < request.models_size(); ++i) {
    const v1::ReproduceRequest::Model& from = request.models(i);
    const std::string field = StrCat("models[", i, "]");
    if (std::find(std::begin(kPaperModels), std::end(kPaperModels), from.name()) == std::end(kPaperModels))
      return FieldError(field + ".name",
                        StrCat("'", from.name(), "' is none of ", absl::StrJoin(kPaperModels, ", ")));
    if (!names.insert(from.name()).second)
      return FieldError(field + ".name", StrCat("'", from.name(), "' is there twice"));
    STANFLOW_ASSIGN_OR_RETURN(const VersionId id, env.models->Resolve(field + ".model", from.model()));
    STANFLOW_ASSIGN_OR_RETURN(const ModelVersionInfo model, env.models->Get(id));
    v1::GenerateRequest generate;
    generate.set_seed(request.seed());
    generate.set_rows(from.rows() == 0 ? kReproduceRows : from.rows());
    nlohmann::json spec = {{"name", from.name()},
                           {"model", id.model},
                           {"version", id.version},
                           {"max_likelihood_rows", from.max_likelihood_rows()}};
    STANFLOW_ASSIGN_OR_RETURN(spec["generate"], GenerateSpec(field, generate, model, env));
    models.push_back(std::move(spec));
  }
  if (models.empty()) return FieldError("models", "empty; name a model at least");
  nlohmann::json spec = {{"dataset", dataset.manifest.name},
                         {"seed", request.seed()},
                         {"task_rows", request.has_task_rows() ? request.task_rows() : kReproduceTaskRows},
                         {"models", std::move(models)}};
  return NewJobRequest(JobKind::kReproduce, std::move(spec), request);
}

absl::StatusOr<JobRequest> StreamJob(const v1::StreamRequest& request, const RpcEnvironment& env) {
  const uint32_t exporters = std::max(request.exporters(), 1u);
  const v1::GenerateRequest& generate = request.generate();
  if (generate.model().empty())
    return FieldError("generate.model", "empty; name a model, such as 'edge' or 'edge@3'");
  if (generate.chunk_rows() != 0)
    return FieldError("generate.chunk_rows", "must be unset: nobody sees the chunks");
  STANFLOW_ASSIGN_OR_RETURN(const VersionId id, env.models->Resolve("generate.model", generate.model()));
  STANFLOW_ASSIGN_OR_RETURN(const ModelVersionInfo model, env.models->Get(id));
  const absl::Status sink = env.check_sink(request.to(), 1);
  if (!sink.ok()) return FieldError("to", ToStd(sink.message()));
  const absl::Status spread = env.check_sink(request.to(), exporters);
  if (!spread.ok()) return FieldError("exporters", ToStd(spread.message()));
  STANFLOW_ASSIGN_OR_RETURN(const Pace pace, PaceOf(request));
  nlohmann::json spec = {{"model", id.ToString()},
                         {"to", request.to()},
                         {"when_full", request.when_full() == v1::WHEN_FULL_DROP ? "drop" : "wait"},
                         {"exporters", exporters},
                         {"file_dir", env.stream_file_dir}};
  if (pace.kind == Pace::Kind::kRate) spec["rate"] = pace.factor;
  if (pace.kind == Pace::Kind::kSpeed) spec["speed"] = pace.factor;
  STANFLOW_ASSIGN_OR_RETURN(spec["generate"], FlowsSpec("generate", generate, model));
  return NewJobRequest(JobKind::kStream, std::move(spec), request);
}

}  // namespace stanflow
