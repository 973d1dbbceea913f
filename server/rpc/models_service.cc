#include "server/rpc/models_service.h"

#include <cstdio>

#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "server/registry/folder.h"
#include "server/rpc/convert.h"
#include "server/rpc/receive_file_reactor.h"
#include "server/rpc/send_file_reactor.h"
#include "server/rpc/unary.h"
#include "server/rpc/unended_jobs.h"

namespace stanflow {
namespace {

absl::Status Describe(const RpcEnvironment& env, const VersionId& id, bool with_manifest,
                      v1::ModelVersion* response) {
  STANFLOW_ASSIGN_OR_RETURN(const ModelVersionInfo info, env.models->Get(id));
  *response = ToProto(info, with_manifest);
  return absl::OkStatus();
}

// What takes a version away names it: "the newest" could be another one by the time it is read.
absl::StatusOr<VersionId> ResolveExplicit(const RpcEnvironment& env, const std::string& name) {
  STANFLOW_ASSIGN_OR_RETURN(const ModelReference reference, ParseModelReference("name", name));
  if (reference.version == 0) {
    return FieldError("name", StrCat("'", name, "' names no version; write 'models/", reference.model,
                                     "/versions/N' or '", reference.model, "@N'"));
  }
  return env.models->Resolve("name", name);
}

void SetHistory(const std::vector<AliasChange>& history, v1::ModelAlias* out) {
  out->set_version(history.empty() ? 0 : history.back().version);
  for (const AliasChange& change : history) {
    v1::AliasChange* const entry = out->add_history();
    SetTimestamp(change.time_ms, entry->mutable_time());
    entry->set_version(change.version);
  }
}

}  // namespace

grpc::ServerUnaryReactor* ModelsService::GetModel(grpc::CallbackServerContext* context,
                                                  const v1::GetModelRequest* request,
                                                  v1::ModelVersion* response) {
  return RunUnary(env_, context, "Models/GetModel", env_->disk, [=]() -> absl::Status {
    STANFLOW_ASSIGN_OR_RETURN(const VersionId id, env_->models->Resolve("name", request->name()));
    return Describe(*env_, id, /*with_manifest=*/true, response);
  });
}

grpc::ServerUnaryReactor* ModelsService::ListModels(grpc::CallbackServerContext* context,
                                                    const v1::ListModelsRequest* request,
                                                    v1::ListModelsResponse* response) {
  return RunUnary(env_, context, "Models/ListModels", env_->disk, [=]() -> absl::Status {
    STANFLOW_ASSIGN_OR_RETURN(const std::vector<ModelVersionInfo> infos, env_->models->List());
    STANFLOW_ASSIGN_OR_RETURN(const Page page,
                              PageOf(infos.size(), request->page_size(), request->page_token()));
    for (size_t i = page.begin; i < page.end; ++i) {
      *response->add_versions() = ToProto(infos[i], /*with_manifest=*/false);
    }
    response->set_next_page_token(page.next_token);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ModelsService::SetAlias(grpc::CallbackServerContext* context,
                                                  const v1::SetAliasRequest* request,
                                                  v1::ModelAlias* response) {
  return RunUnary(env_, context, "Models/SetAlias", env_->disk, [=]() -> absl::Status {
    STANFLOW_ASSIGN_OR_RETURN(const std::string model, ParseId("model", "models", request->model()));
    STANFLOW_ASSIGN_OR_RETURN(const std::vector<AliasChange> history,
                              env_->models->SetAlias(model, request->alias(), request->version()));
    response->set_model(model);
    response->set_alias(request->alias());
    SetHistory(history, response);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ModelsService::DeleteVersion(grpc::CallbackServerContext* context,
                                                       const v1::DeleteVersionRequest* request,
                                                       v1::DeleteVersionResponse*) {
  return RunUnary(env_, context, "Models/DeleteVersion", env_->disk, [=]() -> absl::Status {
    STANFLOW_ASSIGN_OR_RETURN(const VersionId id, ResolveExplicit(*env_, request->name()));
    STANFLOW_RETURN_IF_ERROR(CheckUnused(*env_, id));
    return env_->models->Delete(id);
  });
}

grpc::ServerUnaryReactor* ModelsService::LoadModel(grpc::CallbackServerContext* context,
                                                   const v1::LoadModelRequest* request,
                                                   v1::ModelVersion* response) {
  return RunUnary(env_, context, "Models/LoadModel", env_->waiting, [=]() -> absl::Status {
    STANFLOW_ASSIGN_OR_RETURN(const VersionId id, env_->models->Resolve("name", request->name()));
    const auto deadline = AnswerBy(*context, env_->options.load_timeout);
    STANFLOW_RETURN_IF_ERROR(env_->models->Acquire(id, deadline).status());
    return Describe(*env_, id, /*with_manifest=*/false, response);
  });
}

grpc::ServerUnaryReactor* ModelsService::UnloadModel(grpc::CallbackServerContext* context,
                                                     const v1::UnloadModelRequest* request,
                                                     v1::ModelVersion* response) {
  return RunUnary(env_, context, "Models/UnloadModel", env_->disk, [=]() -> absl::Status {
    STANFLOW_ASSIGN_OR_RETURN(const VersionId id, env_->models->Resolve("name", request->name()));
    STANFLOW_RETURN_IF_ERROR(env_->models->Unload(id));
    return Describe(*env_, id, /*with_manifest=*/false, response);
  });
}

grpc::ServerWriteReactor<v1::BundleChunk>* ModelsService::ExportModel(grpc::CallbackServerContext*,
                                                                      const v1::ExportModelRequest* request) {
  const auto find = [env = env_, request]() -> absl::StatusOr<std::string> {
    STANFLOW_ASSIGN_OR_RETURN(const VersionId id, env->models->Resolve("name", request->name()));
    STANFLOW_ASSIGN_OR_RETURN(std::string path, MakeScratchFile(env->options.upload_dir));
    const absl::Status exported = env->models->Export(id, path);
    if (exported.ok()) return path;
    std::remove(path.c_str());
    return exported;
  };
  return SendFileReactor<v1::BundleChunk>::Start(env_, "Models/ExportModel", /*remove=*/true, find);
}

grpc::ServerReadReactor<v1::ImportModelRequest>* ModelsService::ImportModel(
    grpc::CallbackServerContext* context, v1::ModelVersion* response) {
  using Reactor = ReceiveFileReactor<v1::ImportModelRequest, v1::ImportModelHeader>;
  Reactor::Steps steps;
  steps.begin = [env = env_](const v1::ImportModelHeader& header) -> Reactor::Begun {
    STANFLOW_RETURN_IF_ERROR(ParseId("model", "models", header.model()).status());
    return IncomingFile::Create(env->options.upload_dir, {env->options.max_bundle_bytes, 0, ""});
  };
  steps.end = [env = env_, response](const v1::ImportModelHeader& header, Incoming* file) -> absl::Status {
    STANFLOW_ASSIGN_OR_RETURN(const std::string model, ParseId("model", "models", header.model()));
    STANFLOW_ASSIGN_OR_RETURN(const VersionId id, env->models->Import(file->path(), model));
    return Describe(*env, id, /*with_manifest=*/false, response);
  };
  return Reactor::Start(env_, context, "Models/ImportModel", std::move(steps));
}

}  // namespace stanflow
