#include "core/io/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"

extern char** environ;

namespace stanflow {
namespace {

constexpr size_t kReadBytes = 64 << 10;
constexpr size_t kFirstErrors = 300, kLastErrors = 4 << 10;

void Close(int* fd) {
  if (*fd >= 0) ::close(std::exchange(*fd, -1));
}

struct Pipe {
  int ends[2] = {-1, -1};
  ~Pipe() {
    Close(&ends[0]);
    Close(&ends[1]);
  }
  absl::Status Open() {
    return ::pipe2(ends, O_CLOEXEC) == 0 ? absl::OkStatus() : ErrnoToStatus(errno, "can't make", "a pipe");
  }
};

// What posix_spawn needs, freed with it.
class SpawnPlan {
 public:
  SpawnPlan(int output, int errors) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, errors, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  // 0, or the error.
  int Spawn(const std::vector<std::string>& args, const std::vector<std::string>& env, pid_t* pid) const {
    std::vector<char*> argv = Pointers(args), envp = Pointers(env);
    return posix_spawnp(pid, argv[0], &actions_, &attributes_, argv.data(), envp.data());
  }

 private:
  static std::vector<char*> Pointers(const std::vector<std::string>& strings) {
    std::vector<char*> pointers;
    for (const std::string& s : strings) pointers.push_back(const_cast<char*>(s.c_str()));
    pointers.push_back(nullptr);
    return pointers;
  }

  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

std::vector<std::string> Environment() {
  std::vector<std::string> variables = {"TZ=UTC", "LC_ALL=C"};
  for (char** v = environ; *v != nullptr; ++v) {
    if (!absl::StartsWith(*v, "TZ=") && !absl::StartsWith(*v, "LC_ALL=")) variables.emplace_back(*v);
  }
  return variables;
}

// By those that end a program for no fault of its own or of its input: a service manager, want of memory.
bool WasEndedByOthers(int status) {
  if (!WIFSIGNALED(status)) return false;
  const int signal = WTERMSIG(status);
  return signal == SIGTERM || signal == SIGKILL || signal == SIGINT || signal == SIGHUP;
}

std::string HowItEnded(int status) {
  if (WIFSIGNALED(status)) return StrCat("was ended by signal ", WTERMSIG(status));
  return StrCat("ended with status ", WEXITSTATUS(status));
}

}  // namespace

absl::StatusOr<std::unique_ptr<ChildProcess>> ChildProcess::Start(const std::vector<std::string>& args,
                                                                  std::string_view mend) {
  Pipe output, errors;
  STANFLOW_RETURN_IF_ERROR(output.Open());
  STANFLOW_RETURN_IF_ERROR(errors.Open());
  pid_t pid = 0;
  const int error = SpawnPlan(output.ends[1], errors.ends[1]).Spawn(args, Environment(), &pid);
  if (error == ENOENT) return absl::NotFoundError(StrCat(args[0], " is not installed; ", mend));
  if (error != 0) return ErrnoToStatus(error, "can't run", args[0]);
  return std::unique_ptr<ChildProcess>(
      new ChildProcess(args[0], pid, std::exchange(output.ends[0], -1), std::exchange(errors.ends[0], -1)));
}

ChildProcess::~ChildProcess() {
  Close(&output_);
  Close(&errors_);
  if (pid_ == 0) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

absl::StatusOr<std::string_view> ChildProcess::Next() {
  buffer_.resize(kReadBytes);
  while (output_ >= 0) {
    // Both, or a program with much to complain about would stand still. Poll looks past a closed one.
    pollfd both[] = {{output_, POLLIN, 0}, {errors_, POLLIN, 0}};
    if (::poll(both, 2, -1) < 0 && errno != EINTR) return ErrnoToStatus(errno, "can't wait for", program_);
    if (both[1].revents != 0) ReadErrors();
    if (both[0].revents == 0) continue;
    const ssize_t n = ::read(output_, buffer_.data(), buffer_.size());
    if (n > 0) {
      bytes_ += static_cast<uint64_t>(n);
      return std::string_view(buffer_.data(), static_cast<size_t>(n));
    }
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return ErrnoToStatus(errno, "can't read from", program_);
    Close(&output_);
  }
  while (errors_ >= 0) ReadErrors();
  STANFLOW_RETURN_IF_ERROR(Reap());
  return std::string_view();
}

void ChildProcess::ReadErrors() {
  char bytes[4 << 10];
  const ssize_t n = ::read(errors_, bytes, sizeof(bytes));
  if (n < 0 && errno == EINTR) return;
  if (n <= 0) {
    Close(&errors_);
    return;
  }
  const std::string_view read(bytes, static_cast<size_t>(n));
  first_errors_.append(read.substr(0, kFirstErrors - first_errors_.size()));
  last_errors_.append(read);
  if (last_errors_.size() > kLastErrors) last_errors_.erase(0, last_errors_.size() - kLastErrors);
}

absl::Status ChildProcess::Reap() {
  if (pid_ == 0) return end_;
  int status = 0;
  pid_t reaped = -1;
  while ((reaped = ::waitpid(pid_, &status, 0)) < 0 && errno == EINTR) {
  }
  const int error = errno;
  const std::string why = complaint();
  if (reaped != std::exchange(pid_, 0)) {
    end_ = ErrnoToStatus(error, "can't learn the end of", program_);
  } else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    const std::string text = StrCat(program_, " ", HowItEnded(status), why.empty() ? "" : ": ", why);
    end_ = WasEndedByOthers(status) ? absl::UnavailableError(text) : absl::DataLossError(text);
  }
  return end_;
}

std::string ChildProcess::complaint() const {
  return absl::CHexEscape(ToAbsl(std::string_view(first_errors_).substr(0, first_errors_.find('\n'))));
}

absl::StatusOr<std::string> RunProgram(const std::vector<std::string>& args, std::string_view mend) {
  STANFLOW_ASSIGN_OR_RETURN(const std::unique_ptr<ChildProcess> child, ChildProcess::Start(args, mend));
  std::string all;
  while (true) {
    STANFLOW_ASSIGN_OR_RETURN(const std::string_view block, child->Next());
    if (block.empty()) return all;
    all.append(block);
  }
}

}  // namespace stanflow
