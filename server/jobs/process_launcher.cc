#include "server/jobs/process_launcher.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/mutex.h"
#include "core/base/status_macros.h"
#include "server/jobs/line_splitter.h"
#include "server/jobs/worker_protocol.h"

extern char** environ;

namespace stanflow {
namespace {

class SpawnedWorker : public WorkerProcess {
 public:
  // Takes over `pid` and the reading end of its standard output.
  SpawnedWorker(pid_t pid, int output, WorkerCallbacks callbacks)
      : pid_(pid), output_(output), callbacks_(std::move(callbacks)), reader_([this] { Read(); }) {}

  ~SpawnedWorker() override {
    Kill();
    reader_.join();
  }

  void Terminate() override { Signal(SIGTERM); }
  void Kill() override { Signal(SIGKILL); }

 private:
  void Signal(int signal) {
    MutexLock lock(&mutex_);
    // Once reaped, the id may be another process's.
    if (!reaped_) ::kill(pid_, signal);
  }

  void Read() {
    LineSplitter lines(callbacks_.line);
    char buffer[16 << 10];
    while (true) {
      const ssize_t n = ::read(output_, buffer, sizeof(buffer));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) break;
      lines.Append({buffer, static_cast<size_t>(n)});
    }
    lines.Finish();
    ::close(output_);
    if (lines.dropped() > 0)
      LogWarning("worker lines too long", {{"pid", pid_}, {"dropped", lines.dropped()}});
    callbacks_.ended(Reap());
  }

  WorkerEnd Reap() {
    siginfo_t info;
    // First without reaping: the id stays the worker's for as long as this waits.
    while (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
    }
    MutexLock lock(&mutex_);
    int status = 0;
    pid_t reaped = -1;
    while ((reaped = ::waitpid(pid_, &status, 0)) < 0 && errno == EINTR) {
    }
    reaped_ = true;
    WorkerEnd end;
    if (reaped != pid_) {
      // Somebody else reaped it: nobody may take that for success.
      LogError("end of a worker not learned", {{"pid", pid_}, {"error", std::strerror(errno)}});
      end.exit_code = static_cast<int>(WorkerExit::kFailed);
      return end;
    }
    if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
    if (WIFEXITED(status)) end.exit_code = WEXITSTATUS(status);
    return end;
  }

  const pid_t pid_;
  const int output_;
  const WorkerCallbacks callbacks_;
  Mutex mutex_;
  bool reaped_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread reader_;  // last: uses all of the above
};

// What posix_spawn needs, freed with it.
class SpawnPlan {
 public:
  SpawnPlan() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }

  void SetFiles(int output, const std::string& log) {
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                     0644);
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
  }

  // The server blocks and ignores signals that a worker needs.
  void SetSignals() {
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(&attributes_,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }

  // 0, or the error.
  int Spawn(const std::vector<std::string>& args, const std::vector<std::string>& env, pid_t* pid) const {
    std::vector<char*> argv = Pointers(args), envp = Pointers(env);
    return posix_spawn(pid, argv[0], &actions_, &attributes_, argv.data(), envp.data());
  }

 private:
  static std::vector<char*> Pointers(const std::vector<std::string>& strings) {
    std::vector<char*> pointers;
    pointers.reserve(strings.size() + 1);
    for (const std::string& s : strings) pointers.push_back(const_cast<char*>(s.c_str()));
    pointers.push_back(nullptr);
    return pointers;
  }

  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

class ProcessLauncher : public WorkerLauncher {
 public:
  explicit ProcessLauncher(ProcessLauncherOptions options) : options_(std::move(options)) {}

  absl::StatusOr<std::unique_ptr<WorkerProcess>> Launch(const WorkerCommand& command,
                                                        WorkerCallbacks callbacks) override {
    int pipe_ends[2];
    if (::pipe2(pipe_ends, O_CLOEXEC) != 0) {
      return absl::ResourceExhaustedError(absl::StrCat("can't make a pipe: ", std::strerror(errno)));
    }
    SpawnPlan plan;
    plan.SetFiles(pipe_ends[1], command.job_folder + "/worker.log");
    plan.SetSignals();
    pid_t pid = 0;
    const int error = plan.Spawn(Args(command), Environment(), &pid);
    ::close(pipe_ends[1]);
    if (error != 0) {
      ::close(pipe_ends[0]);
      return absl::InternalError(absl::StrCat("can't start ", options_.program, ": ", std::strerror(error)));
    }
    return std::make_unique<SpawnedWorker>(pid, pipe_ends[0], std::move(callbacks));
  }

 private:
  std::vector<std::string> Args(const WorkerCommand& command) const {
    std::vector<std::string> args = {options_.program,
                                     absl::StrCat("--kind=", JobKindName(command.kind)),
                                     absl::StrCat("--data-dir=", options_.data_dir),
                                     absl::StrCat("--job-dir=", command.job_folder),
                                     absl::StrCat("--attempt=", command.attempt),
                                     absl::StrCat("--threads=", options_.threads),
                                     absl::StrCat("--device=", options_.device),
                                     absl::StrCat("--parent-pid=", ::getpid())};
    if (command.cancelled) args.emplace_back("--cancelled");
    if (options_.server) args.push_back(absl::StrCat("--server=", options_.server()));
    return args;
  }

  // Matrix libraries size their thread pools by this before main() runs.
  std::vector<std::string> Environment() const {
    std::vector<std::string> variables;
    for (char** v = environ; *v != nullptr; ++v) {
      if (!absl::StartsWith(*v, "OMP_NUM_THREADS=")) variables.emplace_back(*v);
    }
    variables.push_back(absl::StrCat("OMP_NUM_THREADS=", options_.threads));
    return variables;
  }

  const ProcessLauncherOptions options_;
};

absl::StatusOr<std::string> BesideThisProgram(const std::string& name) {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return ErrnoToStatus(error.value(), "can't read", "/proc/self/exe");
  return (self.parent_path() / name).string();
}

}  // namespace

absl::StatusOr<std::unique_ptr<WorkerLauncher>> MakeProcessLauncher(const ProcessLauncherOptions& options) {
  ProcessLauncherOptions resolved = options;
  if (resolved.program.empty()) {
    STANFLOW_ASSIGN_OR_RETURN(resolved.program, BesideThisProgram("stanflow-worker"));
  }
  if (::access(resolved.program.c_str(), X_OK) != 0) {
    return absl::NotFoundError(absl::StrCat("the worker program ", resolved.program, " can't be run (",
                                            std::strerror(errno), "); jobs.worker_program names another"));
  }
  // A parent that ignores it hands that down, and then the kernel throws the ends of children away.
  ::signal(SIGCHLD, SIG_DFL);
  if (resolved.threads <= 0)
    resolved.threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  return std::make_unique<ProcessLauncher>(std::move(resolved));
}

}  // namespace stanflow
