#include "server/worker/worker_main.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <thread>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/status_macros.h"
#include "server/jobs/job_json.h"
#include "server/jobs/worker_protocol.h"
#include "server/worker/job_lock.h"
#include "server/worker/worker_channel.h"

namespace stanflow {
namespace {

// How long a worker of an earlier attempt may take to leave: it was killed, so only the kernel's work is
// left.
constexpr std::chrono::seconds kLockPatience{10};
constexpr int kNice = 10;

std::atomic<bool> g_stop{false};
static_assert(std::atomic<bool>::is_always_lock_free, "it is set in a signal handler");

struct Flags {
  std::string kind, data_dir, job_dir, server, device = "cpu";
  uint32_t attempt = 1;
  int threads = 1;
  pid_t parent = 0;
  bool cancelled = false;
};

std::string NamesOf(absl::Span<const JobKindEntry> kinds) {
  return absl::StrJoin(
      kinds, ", ", [](std::string* out, const JobKindEntry& entry) { out->append(JobKindName(entry.kind)); });
}

// The exit code instead, if the flags can't be used.
std::optional<int> ParseFlags(int argc, char** argv, absl::Span<const JobKindEntry> kinds, Flags* flags) {
  CLI::App app("Runs one attempt of one job; started by stanflowd.", "stanflow-worker");
  app.add_option("--kind", flags->kind, "one of " + NamesOf(kinds))->required();
  app.add_option("--data-dir", flags->data_dir, "the server's data folder")->required();
  app.add_option("--job-dir", flags->job_dir, "the job's folder, with its spec.json")->required();
  app.add_option("--attempt", flags->attempt, "number of the attempt")->required();
  app.add_option("--threads", flags->threads, "compute threads")->check(CLI::Range(1, 4096));
  app.add_option("--device", flags->device, "where to compute: cpu, cuda:0, ...");
  app.add_option("--server", flags->server, "the server's address, for jobs that call it");
  app.add_option("--parent-pid", flags->parent, "process whose death ends this one; 0: whichever started it");
  app.add_flag("--cancelled", flags->cancelled, "the job was cancelled: only end what its handler must end");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : static_cast<int>(WorkerExit::kUsage);
  }
  return std::nullopt;
}

// False if the parent is gone already.
bool DieWithParent(pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // It may have died before the call above: then nothing tells this process any more.
  return parent == 0 || ::getppid() == parent;
}

void SetSignals() {
  struct sigaction action = {};
  action.sa_handler = [](int) { g_stop = true; };
  ::sigaction(SIGTERM, &action, nullptr);
  ::signal(SIGPIPE, SIG_IGN);  // a failed write is noticed where it is made
}

// Keeps standard output for the protocol: what libraries print there goes to standard error.
int TakeStandardOutput() {
  const int channel = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
  return channel;
}

absl::StatusOr<JobHandler> FindHandler(const std::string& kind, absl::Span<const JobKindEntry> kinds) {
  for (const JobKindEntry& entry : kinds) {
    if (kind == JobKindName(entry.kind)) return entry.handler;
  }
  return absl::FailedPreconditionError(
      absl::StrCat("this build of stanflow-worker has no '", kind, "' jobs"));
}

// Asks the server to publish what is in `out/`, and waits for its answer.
absl::Status PublishSoFar(const std::string& job_dir, WorkerChannel* channel) {
  constexpr std::chrono::milliseconds kLook{10};
  const std::string answer = job_dir + "/published";
  STANFLOW_RETURN_IF_ERROR(RemoveAll(answer));
  channel->Publish();
  while (true) {
    const absl::StatusOr<std::string> text = ReadFile(answer);
    if (text.ok()) return ParsePublishAnswer(*text);
    if (!absl::IsNotFound(text.status())) return text.status();
    std::this_thread::sleep_for(kLook);
  }
}

absl::StatusOr<nlohmann::json> CallHandler(JobHandler handler, const JobContext& context) {
  // Libraries below throw at times; the job is then tried again like after a crash.
  try {
    return handler(context);
  } catch (const std::exception& e) {
    return absl::InternalError(absl::StrCat("exception: ", e.what()));
  }
}

absl::Status RunHandler(const Flags& flags, absl::Span<const JobKindEntry> kinds, WorkerChannel* channel) {
  STANFLOW_ASSIGN_OR_RETURN(const JobHandler handler, FindHandler(flags.kind, kinds));
  STANFLOW_ASSIGN_OR_RETURN(const std::string spec, ReadFile(flags.job_dir + "/spec.json"));
  JobContext context;
  context.spec = nlohmann::json::parse(spec, nullptr, /*allow_exceptions=*/false);
  if (context.spec.is_discarded()) return absl::InvalidArgumentError("spec.json is not JSON");
  context.data_dir = flags.data_dir;
  context.job_dir = flags.job_dir;
  context.threads = flags.threads;
  context.device = flags.device;
  context.attempt = flags.attempt;
  context.server = flags.server;
  context.progress = [channel](const JobProgress& progress) { channel->Progress(progress); };
  context.sink_report = [channel](const SinkReport& report) { channel->Sink(report); };
  context.collection_report = [channel](const CollectionReport& report) { channel->Collection(report); };
  context.publish_so_far = [channel, dir = flags.job_dir] { return PublishSoFar(dir, channel); };
  context.stop_requested = [] { return g_stop.load(); };
  STANFLOW_RETURN_IF_ERROR(MakeDirectories(flags.job_dir + "/out"));
  STANFLOW_ASSIGN_OR_RETURN(const nlohmann::json result, CallHandler(handler, context));
  return WriteFileDurably(flags.job_dir + "/result.json", DumpLine(result));
}

// An attempt that ended after its work and before its publishing left this behind.
bool IsDone(const Flags& flags) { return FileSize(flags.job_dir + "/result.json").ok(); }

WorkerExit Report(const absl::Status& status, WorkerChannel* channel) {
  if (status.ok()) return WorkerExit::kDone;
  if (absl::IsCancelled(status) && g_stop) return WorkerExit::kHandedBack;
  LogError("job failed", {{"error", status.ToString()}});
  channel->Error(status);
  return WorkerExit::kFailed;
}

WorkerExit Run(const Flags& flags, absl::Span<const JobKindEntry> kinds, WorkerChannel* channel) {
  // A collection that is to stop has rows to publish first.
  const auto stop = [&flags] { return g_stop && flags.kind != JobKindName(JobKind::kCollect); };
  const auto lock = LockJobFolder(flags.job_dir, flags.attempt, kLockPatience, stop);
  if (absl::IsUnavailable(lock.status())) return WorkerExit::kLocked;
  if (absl::IsAborted(lock.status())) return WorkerExit::kSuperseded;
  if (!lock.ok()) return Report(lock.status(), channel);
  if (IsDone(flags)) return WorkerExit::kDone;
  return Report(RunHandler(flags, kinds, channel), channel);
}

}  // namespace

int WorkerMain(int argc, char** argv, absl::Span<const JobKindEntry> kinds) {
  Flags flags;
  if (const auto code = ParseFlags(argc, argv, kinds, &flags)) return *code;
  if (!DieWithParent(flags.parent)) return static_cast<int>(WorkerExit::kOrphaned);
  SetSignals();
  if (flags.cancelled) g_stop = true;
  // Streams and collections are what others wait for, as they wait for the server itself.
  const bool serves =
      flags.kind == JobKindName(JobKind::kStream) || flags.kind == JobKindName(JobKind::kCollect);
  if (!serves && ::setpriority(PRIO_PROCESS, 0, kNice) != 0) LogWarning("can't lower the priority");
  WorkerChannel channel(TakeStandardOutput(), &Clock::Real());
  return static_cast<int>(Run(flags, kinds, &channel));
}

}  // namespace stanflow
