#include "server/rpc/job_specs.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "absl/strings/str_join.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/dataset/holdout.h"
#include "core/eval/metric.h"
#include "core/export/pacer.h"
#include "core/flow/address.h"
#include "core/flow/socket_address.h"
#include "nlohmann/json.hpp"
#include "server/registry/resource_name.h"
#include "server/rpc/generate_request.h"
#include "server/rpc/request_id.h"
#include "server/rpc/status.h"

namespace stanflow {
namespace {

constexpr size_t kMaxRequestId = 128;
constexpr size_t kMaxFileName = 1000;
constexpr int kMaxFiles = 10000;
constexpr char kDefaultPreset[] = "causal";
constexpr uint64_t kReproduceRows = 1000000, kReproduceTaskRows = 20000;
// Of paper.json (core/study/paper_json.h).
constexpr const char* kPaperModels[] = {"stan", "stan_paper", "b1", "b2", "b3", "b4"};

template <typename Message>
absl::StatusOr<JobRequest> Request(JobKind kind, nlohmann::json spec, const Message& message) {
  if (message.request_id().size() > kMaxRequestId) {
    return FieldError("request_id", StrCat("longer than ", kMaxRequestId, " bytes"));
  }
  if (!message.request_id().empty()) spec["request_digest"] = DigestOfSubmit(message);
  JobRequest request;
  request.kind = kind;
  request.spec_json = spec.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  request.request_id = message.request_id();
  request.priority = message.priority();
  return request;
}

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

constexpr uint32_t kPublishSeconds = 60, kMinPublishSeconds = 2, kMaxPublishSeconds = 86400;

std::vector<std::string> NamesOf(const std::vector<Cidr>& home) {
  std::vector<std::string> names;
  for (const Cidr& cidr : home) names.push_back(cidr.ToString());
  return names;
}

// The home networks and hold-out rule of a new dataset, as a spec has them.
absl::StatusOr<nlohmann::json> DatasetSpec(const std::string& dataset,
                                           const google::protobuf::RepeatedPtrField<std::string>& home,
                                           const std::string& holdout) {
  if (home.empty()) {
    return FieldError("home",
                      "empty; name the home network, such as 42.219.0.0/16, that flows are seen from");
  }
  for (const std::string& network : home) {
    const absl::StatusOr<Cidr> cidr = Cidr::Parse(network);
    if (!cidr.ok()) return FieldError("home", ToStd(cidr.status().message()));
  }
  const std::string rule = holdout.empty() ? "none" : holdout;
  const absl::StatusOr<Holdout> parsed = Holdout::Parse(rule);
  if (!parsed.ok()) return FieldError("holdout", ToStd(parsed.status().message()));
  return nlohmann::json{
      {"dataset", dataset}, {"home", std::vector<std::string>(home.begin(), home.end())}, {"holdout", rule}};
}

// Those of the dataset that a collection goes on with.
absl::StatusOr<nlohmann::json> ContinuedSpec(const v1::CollectRequest& request,
                                             const DatasetManifest& there) {
  const std::vector<std::string> home = NamesOf(there.home);
  const std::string holdout = there.holdout.ToString();
  if (!request.home().empty() &&
      std::vector<std::string>(request.home().begin(), request.home().end()) != home) {
    return FieldError("home", StrCat("dataset '", there.name, "' is there with the home networks ",
                                     absl::StrJoin(home, ", "), "; leave them out to go on with it"));
  }
  if (!request.holdout().empty() && request.holdout() != holdout) {
    return FieldError("holdout", StrCat("dataset '", there.name, "' is there with ", holdout,
                                        "; leave it out to go on with it"));
  }
  return nlohmann::json{{"dataset", there.name}, {"home", home}, {"holdout", holdout}};
}

struct CollectionThatIs {
  std::string name, dataset, listen;
};

// Those that have not ended.
absl::StatusOr<std::vector<CollectionThatIs>> Collections(const RpcEnvironment& env) {
  std::vector<CollectionThatIs> collections;
  std::string token;
  do {
    STANFLOW_ASSIGN_OR_RETURN(
        const std::vector<Job> jobs,
        env.jobs->List(1000, token, {JobState::kQueued, JobState::kRunning, JobState::kCancelling}, &token));
    for (const Job& job : jobs) {
      const nlohmann::json spec = nlohmann::json::parse(job.spec_json, nullptr, /*allow_exceptions=*/false);
      if (job.kind != JobKind::kCollect || !spec.is_object()) continue;
      collections.push_back({StrCat("jobs/", job.id), spec.value("dataset", ""), spec.value("listen", "")});
    }
  } while (!token.empty());
  return collections;
}

// What it has taken before it has published for the first time would have no name.
absl::Status CheckNobodyCollects(const std::string& dataset, const RpcEnvironment& env) {
  STANFLOW_ASSIGN_OR_RETURN(const std::vector<CollectionThatIs> collections, Collections(env));
  for (const CollectionThatIs& other : collections) {
    if (other.dataset != dataset) continue;
    return absl::FailedPreconditionError(
        StrCat("dataset: ", other.name, " collects into '", dataset, "'; cancel it, or take another name"));
  }
  return absl::OkStatus();
}

absl::Status CheckNobodyListens(const SocketAddress& listen, const RpcEnvironment& env) {
  STANFLOW_ASSIGN_OR_RETURN(const std::vector<CollectionThatIs> collections, Collections(env));
  for (const CollectionThatIs& other : collections) {
    const auto taken = ParseSocketAddress(other.listen);
    if (!taken.ok() || taken->port != listen.port) continue;
    if (taken->address != listen.address && taken->address != 0 && listen.address != 0) continue;
    return absl::FailedPreconditionError(
        StrCat("listen: ", other.name, " listens on ", other.listen, "; cancel it, or take another port"));
  }
  return absl::OkStatus();
}

absl::Status CheckCollectLimits(const v1::CollectRequest& request, uint64_t begun_rows,
                                const RpcEnvironment& env) {
  const uint64_t most = env.options.max_collection_rows;
  if (request.max_rows() > most) {
    return FieldError("max_rows", StrCat("more than ", most, ", this server's collections.max_rows"));
  }
  const uint64_t rows = request.max_rows() == 0 ? most : request.max_rows();
  if (begun_rows >= rows) {
    return FieldError("max_rows",
                      StrCat("the dataset has ", begun_rows, " rows already; give more than that"));
  }
  if (!std::isfinite(request.max_minutes()) || request.max_minutes() < 0) {
    return FieldError("max_minutes", "give 0 (no limit) or more");
  }
  const uint32_t seconds = request.publish_seconds();
  if (seconds != 0 && (seconds < kMinPublishSeconds || seconds > kMaxPublishSeconds)) {
    return FieldError("publish_seconds", StrCat("give ", kMinPublishSeconds, " to ", kMaxPublishSeconds));
  }
  return absl::OkStatus();
}

absl::Status CheckFiles(const v1::UploadHeader& header) {
  if (header.files_size() > kMaxFiles) {
    return FieldError("files", StrCat(header.files_size(), " files; ", kMaxFiles, " may be in an upload"));
  }
  if (header.files_size() > 0 && (header.size_bytes() != 0 || !header.sha256().empty())) {
    return FieldError("size_bytes",
                      "size_bytes and sha256 are of a single file; leave them out with 'files'");
  }
  for (int i = 0; i < header.files_size(); ++i) {
    const std::string field = StrCat("files[", i, "]");
    const v1::UploadFile& file = header.files(i);
    if (file.name().empty() || file.name().size() > kMaxFileName) {
      return FieldError(field + ".name", StrCat(file.name().size(), " bytes; give 1 to ", kMaxFileName));
    }
    if (file.size_bytes() == 0) return FieldError(field + ".size_bytes", "0; leave empty files out");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<JobRequest> ImportJob(const v1::UploadHeader& header, const RpcEnvironment& env) {
  STANFLOW_ASSIGN_OR_RETURN(const std::string dataset, ParseId("dataset", "datasets", header.dataset()));
  STANFLOW_RETURN_IF_ERROR(CheckNobodyCollects(dataset, env));
  STANFLOW_ASSIGN_OR_RETURN(nlohmann::json spec, DatasetSpec(dataset, header.home(), header.holdout()));
  const std::string format = header.format().empty() ? "auto" : header.format();
  const std::string biflow = header.biflow().empty() ? "split" : header.biflow();
  STANFLOW_RETURN_IF_ERROR(env.check_reading(format, biflow, header.schema()));
  STANFLOW_RETURN_IF_ERROR(CheckFiles(header));
  const double share =
      header.has_max_rejected_share() ? header.max_rejected_share() : env.options.max_rejected_share;
  if (!(share >= 0 && share <= 1)) return FieldError("max_rejected_share", "give 0 to 1");
  spec["format"] = format;
  spec["biflow"] = biflow;
  spec["schema"] = header.schema();
  spec["max_rejected_share"] = share;
  spec["max_uncompressed_bytes"] = env.options.max_uncompressed_bytes;
  for (const v1::UploadFile& file : header.files()) spec["files"].push_back(file.name());
  return Request(JobKind::kImport, std::move(spec), header);
}

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
  return Request(JobKind::kTrain, spec, request);
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
  return Request(JobKind::kEvaluate, std::move(spec), request);
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
  return Request(JobKind::kReproduce, std::move(spec), request);
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
  return Request(JobKind::kStream, std::move(spec), request);
}

absl::StatusOr<JobRequest> CollectJob(const v1::CollectRequest& request, const RpcEnvironment& env) {
  STANFLOW_ASSIGN_OR_RETURN(const std::string dataset, ParseId("dataset", "datasets", request.dataset()));
  const std::string listen = request.listen().empty() ? "127.0.0.1:2055" : request.listen();
  const auto address = ParseSocketAddress(listen);
  if (!address.ok()) return FieldError("listen", ToStd(address.status().message()));
  STANFLOW_RETURN_IF_ERROR(CheckNobodyCollects(dataset, env));
  STANFLOW_RETURN_IF_ERROR(CheckNobodyListens(*address, env));
  const auto there = env.datasets->Get("dataset", dataset);
  if (!there.ok() && !absl::IsNotFound(there.status())) return there.status();
  STANFLOW_RETURN_IF_ERROR(CheckCollectLimits(request, there.ok() ? there->manifest.rows : 0, env));
  STANFLOW_ASSIGN_OR_RETURN(nlohmann::json spec,
                            there.ok() ? ContinuedSpec(request, there->manifest)
                                       : DatasetSpec(dataset, request.home(), request.holdout()));
  spec["base_digest"] = there.ok() ? there->manifest.digest : "";
  spec["listen"] = listen;
  spec["max_rows"] = request.max_rows() == 0 ? env.options.max_collection_rows : request.max_rows();
  spec["max_minutes"] = request.max_minutes();
  spec["publish_seconds"] = request.publish_seconds() == 0 ? kPublishSeconds : request.publish_seconds();
  spec["max_spool_bytes"] = env.options.max_spool_bytes;
  spec["receive_buffer_bytes"] = env.options.receive_buffer_bytes;
  return Request(JobKind::kCollect, std::move(spec), request);
}

std::vector<std::string> DatasetsReadBy(const Job& job) {
  std::vector<std::string> datasets;
  if (job.kind == JobKind::kImport) return datasets;
  const nlohmann::json spec = nlohmann::json::parse(job.spec_json, nullptr, /*allow_exceptions=*/false);
  if (!spec.is_object()) return datasets;
  for (const char* field : {"dataset", "synthetic_dataset"}) {
    const auto it = spec.find(field);
    if (it != spec.end() && it->is_string() && !it->get<std::string>().empty()) datasets.push_back(*it);
  }
  return datasets;
}

}  // namespace stanflow
