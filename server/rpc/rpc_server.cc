#include "server/rpc/rpc_server.h"

#include <utility>

#include "core/base/log.h"
#include "core/base/strings.h"
#include "grpc/support/log.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/health_check_service_interface.h"
#include "server/rpc/datasets_service.h"
#include "server/rpc/jobs_service.h"
#include "server/rpc/live_calls.h"
#include "server/rpc/models_service.h"
#include "server/rpc/synthesis_service.h"

namespace stanflow {
namespace {

constexpr const char* kServices[] = {"", "stanflow.v1.Synthesis", "stanflow.v1.Jobs", "stanflow.v1.Models",
                                     "stanflow.v1.Datasets"};
// gRPC's own messages, which are errors of the transport only, in the form of all other logs.
void LogFromGrpc(gpr_log_func_args* args) {
  LogWarning("grpc", {{"message", std::string_view(args->message)}, {"file", std::string_view(args->file)}});
}

// Short disk work: a few threads overlap its waits, more would only queue at the disk.
constexpr ExecutorOptions kDiskThreads = {4, 4096};
// Each of these sleeps until a model is loaded.
constexpr ExecutorOptions kWaitingThreads = {32, 1024};
constexpr std::chrono::seconds kStallCheckEvery{1};

}  // namespace

struct RpcServer::Rep {
  RpcEnvironment env;
  LiveCalls live;
  std::unique_ptr<SynthesisService> synthesis;
  std::unique_ptr<JobsService> jobs;
  std::unique_ptr<ModelsService> models;
  std::unique_ptr<DatasetsService> datasets;
  // In this order: the server's calls run on the executors, which are joined after it is gone.
  Executor disk{kDiskThreads};
  Executor waiting{kWaitingThreads};
  std::unique_ptr<grpc::Server> server;

  Mutex mutex;
  CondVar wake;
  bool stopping ABSL_GUARDED_BY(mutex) = false;
  std::thread stalls;
};

RpcServer::RpcServer() : rep_(std::make_unique<Rep>()) {}

const RpcEnvironment& RpcServer::env() const { return rep_->env; }

absl::StatusOr<std::unique_ptr<RpcServer>> RpcServer::Start(const RpcServerOptions& options,
                                                            RpcEnvironment env) {
  auto server = std::unique_ptr<RpcServer>(new RpcServer());
  Rep* const rep = server->rep_.get();
  env.disk = &rep->disk;
  env.waiting = &rep->waiting;
  env.live = &rep->live;
  rep->env = std::move(env);
  rep->synthesis = std::make_unique<SynthesisService>(&rep->env);
  rep->jobs = std::make_unique<JobsService>(&rep->env);
  rep->models = std::make_unique<ModelsService>(&rep->env);
  rep->datasets = std::make_unique<DatasetsService>(&rep->env);

  gpr_set_log_function(LogFromGrpc);
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  // Else a second server would share the port without a word, and take half of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.SetMaxReceiveMessageSize(options.max_receive_bytes);
  builder.SetDefaultCompressionAlgorithm(GRPC_COMPRESS_NONE);
  builder.AddListeningPort(options.listen, grpc::InsecureServerCredentials(), &server->port_);
  builder.RegisterService(rep->synthesis.get());
  builder.RegisterService(rep->jobs.get());
  builder.RegisterService(rep->models.get());
  builder.RegisterService(rep->datasets.get());
  rep->server = builder.BuildAndStart();
  if (rep->server == nullptr || server->port_ == 0) {
    return absl::FailedPreconditionError(
        StrCat("listen: can't listen on ", options.listen,
               "; is the port in use, or the address not this machine's? Set 'listen' to another one"));
  }
  server->SetServing(true);
  rep->stalls = std::thread([raw = server.get()] { raw->WatchStalls(); });
  return server;
}

RpcServer::~RpcServer() { Shutdown(std::chrono::system_clock::now()); }

void RpcServer::SetServing(bool serving) {
  if (rep_->server == nullptr) return;
  grpc::HealthCheckServiceInterface* const health = rep_->server->GetHealthCheckService();
  for (const char* service : kServices) health->SetServingStatus(service, serving);
}

void RpcServer::WatchStalls() {
  MutexLock lock(&rep_->mutex);
  while (!rep_->stopping) {
    rep_->wake.WaitUntil(&rep_->mutex, std::chrono::steady_clock::now() + kStallCheckEvery);
    if (!rep_->stopping) rep_->live.CheckStalls(rep_->env.clock->SteadyNow());
  }
}

void RpcServer::BeginDrain() {
  SetServing(false);
  rep_->live.EndForDrain(absl::UnavailableError("the server is shutting down; ask again once it is back"));
}

void RpcServer::Shutdown(std::chrono::system_clock::time_point deadline) {
  if (rep_->server != nullptr) {
    rep_->server->Shutdown(deadline);
    rep_->server->Wait();
  }
  {
    MutexLock lock(&rep_->mutex);
    rep_->stopping = true;
    rep_->wake.NotifyAll();
  }
  if (rep_->stalls.joinable()) rep_->stalls.join();
}

}  // namespace stanflow
