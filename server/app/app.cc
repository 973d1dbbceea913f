#include "server/app/app.h"

#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/export/flow_sink.h"
#include "core/export/sink_url.h"
#include "core/io/all_formats.h"
#include "server/app/build_id.h"
#include "server/app/job_hooks.h"
#include "server/jobs/job_folder.h"
#include "server/jobs/job_queue.h"
#include "server/jobs/job_runner.h"
#include "server/jobs/process_launcher.h"
#include "server/rpc/rpc_server.h"

namespace stanflow {
namespace {

// How long answers that are ready may take to leave, after everything else has ended.
constexpr std::chrono::seconds kFlushAnswers{2};

std::chrono::milliseconds Ms(double seconds) {
  return std::chrono::milliseconds(static_cast<int64_t>(seconds * 1000));
}

GenerateSchedulerOptions SchedulerOptions(const ServerConfig& config) {
  GenerateSchedulerOptions options;
  options.engine_threads = static_cast<int>(config.generate.engine_threads);
  options.max_streams = static_cast<int>(config.generate.max_streams);
  options.max_contexts = config.generate.max_contexts;
  options.look_ahead_rows = config.generate.look_ahead_rows;
  options.snapshot_rows = config.generate.snapshot_rows;
  return options;
}

ServerLimits Limits(const ServerConfig& config) {
  ServerLimits limits;
  limits.streams = config.generate.max_streams;
  limits.contexts = config.generate.max_contexts;
  limits.queued_jobs = config.jobs.max_queued;
  limits.running_jobs = config.jobs.max_running;
  limits.stream_jobs = config.streams.max_running;
  limits.collections = config.collections.max_running;
  return limits;
}

RpcOptions MakeRpcOptions(const ServerConfig& config) {
  RpcOptions options;
  options.upload_dir = config.data_dir + "/uploads";
  options.max_upload_bytes = config.uploads.max_bytes;
  options.max_uncompressed_bytes = config.uploads.max_uncompressed_bytes;
  options.max_collection_rows = config.collections.max_rows;
  options.max_spool_bytes = config.collections.max_spool_bytes;
  options.receive_buffer_bytes = config.collections.receive_buffer_bytes;
  options.outbox_bytes = config.generate.outbox_bytes;
  if (config.generate.stall_timeout_seconds > 0) {
    options.stall_timeout = Ms(config.generate.stall_timeout_seconds);
  } else {
    options.stall_timeout = std::chrono::hours(24 * 365);
  }
  options.load_timeout = Ms(config.generate.load_timeout_seconds);
  return options;
}

JobRunnerOptions RunnerOptions(const ServerConfig& config) {
  JobRunnerOptions options;
  options.data_dir = config.data_dir;
  options.max_running = static_cast<int>(config.jobs.max_running);
  options.max_streams = static_cast<int>(config.streams.max_running);
  options.max_collections = static_cast<int>(config.collections.max_running);
  options.lease = Ms(config.jobs.lease_seconds);
  options.cancel_grace = Ms(config.jobs.cancel_grace_seconds);
  return options;
}

// Where this machine reaches a server that listens there.
std::string LoopbackAddress(const std::string& listen, int port) {
  const std::string host = listen.substr(0, listen.rfind(':'));
  if (host == "0.0.0.0" || host == "*") return StrCat("127.0.0.1:", port);
  if (host == "[::]") return StrCat("[::1]:", port);
  return StrCat(host, ":", port);
}

std::string StreamFileDir(const ServerConfig& config) {
  const std::string dir =
      config.streams.file_dir.empty() ? config.data_dir + "/exports" : config.streams.file_dir;
  return std::filesystem::absolute(dir).string();
}

absl::Status CheckSinkUrl(std::string_view to, uint32_t exporters, const std::string& file_dir) {
  STANFLOW_ASSIGN_OR_RETURN(const SinkUrl url, ParseSinkUrl(to));
  SinkOptions options;
  options.file_dir = file_dir;
  options.exporters = exporters;
  return CheckFlowSink(url, options);
}

}  // namespace

// Destroyed from the bottom up: each may use what stands above it.
struct App::Rep {
  ServerConfig config;
  const Clock* clock = nullptr;
  std::optional<FileLock> lock;
  std::unique_ptr<Metrics> metrics;
  std::unique_ptr<JobMetrics> job_metrics;
  std::unique_ptr<DatasetRegistry> datasets;
  std::unique_ptr<ModelRegistry> models;
  std::unique_ptr<JobStore> store;
  std::unique_ptr<JobQueue> queue;
  std::unique_ptr<WorkerLauncher> launcher;
  std::unique_ptr<JobRunner> runner;
  std::unique_ptr<SnapshotStore> snapshots;
  std::unique_ptr<GenerateScheduler> scheduler;
  std::unique_ptr<RpcServer> server;
  bool drained = false;

  absl::Status OpenFolders();
  absl::Status OpenRegistries(const Engine& engine);
  absl::Status OpenJobs();
  absl::Status OpenScheduler();
  absl::Status StartServer(const Engine& engine);
  std::vector<Job> RunningJobs();
  PolledMetrics Poll();
};

absl::Status App::Rep::OpenFolders() {
  STANFLOW_ASSIGN_OR_RETURN(lock, LockDataFolder(config.data_dir));
  // What a server that died was in the middle of sending, receiving or removing; the lock was refused where
  // these might be somebody else's.
  STANFLOW_RETURN_IF_ERROR(RemoveAll(config.data_dir + "/uploads"));
  return RemoveAll(config.data_dir + "/tmp");
}

absl::Status App::Rep::OpenRegistries(const Engine& engine) {
  ModelRegistryOptions options;
  options.data_dir = config.data_dir;
  options.load.idle_limit_bytes = config.models.max_loaded_bytes;
  STANFLOW_ASSIGN_OR_RETURN(options.load.devices, ResolveDevices(config.devices));
  datasets = std::make_unique<DatasetRegistry>(config.data_dir);
  models = std::make_unique<ModelRegistry>(std::move(options), engine.load, engine.validate_bundle, clock);
  return absl::OkStatus();
}

absl::Status App::Rep::OpenJobs() {
  JobRunnerOptions runner_options = RunnerOptions(config);
  runner_options.sweep_folders = FileSize(JobStorePath(config.data_dir)).ok();
  STANFLOW_ASSIGN_OR_RETURN(store, OpenSqliteJobStore(JobStorePath(config.data_dir)));
  JobQueueOptions queue_options;
  queue_options.data_dir = config.data_dir;
  queue_options.max_queued = config.jobs.max_queued;
  queue_options.max_failures = static_cast<uint32_t>(config.jobs.max_failures);
  queue = std::make_unique<JobQueue>(queue_options, store.get(), clock);
  ProcessLauncherOptions launcher_options;
  launcher_options.program = config.jobs.worker_program;
  launcher_options.data_dir = config.data_dir;
  launcher_options.threads = static_cast<int>(config.jobs.worker_threads);
  STANFLOW_ASSIGN_OR_RETURN(const std::vector<std::string> devices, ResolveDevices(config.devices));
  launcher_options.device = devices.front();
  launcher_options.server = [this] { return LoopbackAddress(config.listen, server->port()); };
  STANFLOW_ASSIGN_OR_RETURN(launcher, MakeProcessLauncher(launcher_options));
  JobRunnerHooks hooks;
  hooks.publish = [this](const Job& job, const std::string& out_dir) {
    return PublishJob(job, out_dir, datasets.get(), models.get());
  };
  hooks.changed = [this](const Job& job) {
    job_metrics->Changed(job);
    queue->Notify(job.id);
  };
  hooks.sink_report = [this](const Job& job, const SinkReport& report) {
    metrics->SinkReported(job.id, job.attempts, report);
  };
  hooks.collection_report = [this](const Job& job, const CollectionReport& report) {
    metrics->CollectionReported(job.id, job.attempts, report);
  };
  hooks.publish_so_far = [this](const Job& job, const std::string& out_dir) {
    return PublishSoFar(job, out_dir, datasets.get());
  };
  runner = std::make_unique<JobRunner>(runner_options, store.get(), launcher.get(), clock, std::move(hooks));
  queue->SetWake([this] { runner->Wake(); });
  queue->SetChanged([this](const Job& job) { job_metrics->Changed(job); });
  return runner->Recover();
}

absl::Status App::Rep::OpenScheduler() {
  SnapshotStoreOptions options;
  options.dir = config.data_dir + "/streams";
  options.max_queued_bytes = config.generate.snapshot_memory_bytes;
  options.max_disk_bytes = config.generate.snapshot_disk_bytes;
  STANFLOW_ASSIGN_OR_RETURN(snapshots, SnapshotStore::Open(options, clock, metrics.get()));
  scheduler =
      std::make_unique<GenerateScheduler>(SchedulerOptions(config), clock, snapshots.get(), metrics.get());
  return absl::OkStatus();
}

absl::Status App::Rep::StartServer(const Engine& engine) {
  RpcEnvironment env;
  env.options = MakeRpcOptions(config);
  STANFLOW_ASSIGN_OR_RETURN(env.options.build, BuildId(engine.libtorch));
  env.jobs = queue.get();
  env.find_request = [this](const std::string& request_id) { return store->FindRequest(request_id); };
  env.models = models.get();
  env.datasets = datasets.get();
  env.scheduler = scheduler.get();
  env.metrics = metrics.get();
  env.clock = clock;
  env.validate_train_options = engine.validate_train_options;
  env.complete_train_options = engine.complete_train_options;
  env.can_reproduce = engine.can_reproduce;
  env.check_reading = CheckReading;
  env.stream_file_dir = StreamFileDir(config);
  env.check_sink = [dir = env.stream_file_dir](std::string_view to, uint32_t exporters) {
    return CheckSinkUrl(to, exporters, dir);
  };
  RpcServerOptions options;
  options.listen = config.listen;
  STANFLOW_ASSIGN_OR_RETURN(server, RpcServer::Start(options, std::move(env)));
  return absl::OkStatus();
}

std::vector<Job> App::Rep::RunningJobs() {
  JobListQuery query;
  query.states = {JobState::kRunning, JobState::kCancelling};
  const JobRunnerOptions at_once = RunnerOptions(config);
  query.limit = static_cast<size_t>(at_once.max_running + at_once.max_imports + at_once.max_streams +
                                    at_once.max_collections);
  auto jobs = store->List(query);
  return jobs.ok() ? *std::move(jobs) : std::vector<Job>();
}

PolledMetrics App::Rep::Poll() {
  PolledMetrics polled;
  if (auto counts = queue->CountByState(); counts.ok()) polled.jobs = *std::move(counts);
  if (const auto oldest = queue->OldestQueuedMs(); oldest.ok() && oldest->has_value()) {
    polled.oldest_queued_seconds = static_cast<double>(clock->NowMs() - **oldest) / 1000;
  }
  for (const LoadedModels::View& view : models->Loaded()) {
    polled.models.push_back(
        {view.id.model, view.id.version, ModelStateName(view.state), view.device, view.bytes});
  }
  for (const Job& job : RunningJobs()) {
    polled.running_jobs.push_back({job.id, job.kind, job.progress.fraction, job.progress.seconds_left});
  }
  std::error_code error;
  const std::filesystem::space_info disk = std::filesystem::space(config.data_dir, error);
  if (!error) {
    polled.disk_bytes = disk.capacity;
    polled.disk_free_bytes = disk.available;
  }
  return polled;
}

App::App(std::unique_ptr<Rep> rep) : rep_(std::move(rep)) {}

absl::StatusOr<std::unique_ptr<App>> App::Start(const ServerConfig& config, Engine engine,
                                                const Clock* clock) {
  // Made first, so that a start that fails takes down what there is in the right order.
  auto app = std::unique_ptr<App>(new App(std::make_unique<Rep>()));
  Rep* const rep = app->rep_.get();
  rep->config = config;
  rep->clock = clock;
  rep->metrics = std::make_unique<Metrics>(STANFLOW_VERSION, engine.libtorch);
  rep->metrics->SetLimits(Limits(config));
  rep->job_metrics = std::make_unique<JobMetrics>(rep->metrics.get());
  STANFLOW_RETURN_IF_ERROR(rep->OpenFolders());
  STANFLOW_RETURN_IF_ERROR(rep->metrics->Serve(config.metrics_listen));
  STANFLOW_RETURN_IF_ERROR(rep->OpenRegistries(engine));
  STANFLOW_RETURN_IF_ERROR(rep->OpenJobs());
  STANFLOW_RETURN_IF_ERROR(rep->OpenScheduler());
  rep->metrics->SetPoll([rep] { return rep->Poll(); });
  STANFLOW_RETURN_IF_ERROR(rep->StartServer(engine));
  // Last: a start that finds its port taken must not have begun a job.
  rep->runner->Start();
  LogInfo("serving", {{"listen", config.listen},
                      {"port", app->port()},
                      {"metrics_port", app->metrics_port()},
                      {"data_dir", config.data_dir},
                      {"version", STANFLOW_VERSION},
                      {"libtorch", engine.libtorch}});
  return app;
}

App::~App() {
  if (!rep_->drained) {
    rep_->config.shutdown.drain_seconds = 0;
    Drain();
  }
}

int App::port() const { return rep_->server == nullptr ? 0 : rep_->server->port(); }
int App::metrics_port() const { return rep_->metrics->port(); }

void App::Drain() {
  rep_->drained = true;
  const auto grace = Ms(rep_->config.shutdown.drain_seconds);
  if (rep_->server != nullptr) rep_->server->BeginDrain();
  // Streams and workers side by side, each with the whole time.
  std::thread jobs([this, grace] {
    if (rep_->runner != nullptr) rep_->runner->Drain(grace);
  });
  if (rep_->scheduler != nullptr) rep_->scheduler->Drain(rep_->clock->SteadyNow() + grace);
  if (rep_->server != nullptr) rep_->server->Shutdown(std::chrono::system_clock::now() + kFlushAnswers);
  jobs.join();
  if (rep_->queue != nullptr) rep_->queue->SetWake(nullptr);
  rep_->metrics->ClearPoll();
}

}  // namespace stanflow
