#include "server/worker/collector_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/flow/address.h"
#include "server/worker/udp_socket_table.h"

namespace stanflow {
namespace {

constexpr std::chrono::seconds kPatience{30}, kEmptying{2};
constexpr std::chrono::milliseconds kLook{20};
constexpr uint64_t kMaxLogBytes = 1 << 20;
constexpr size_t kMaxLineBytes = 1000;
// Descriptors above the three standard ones that the child keeps: the lock's.
constexpr int kLockFd = 3;

// Whether `done` becomes true in time.
bool WaitUntil(std::chrono::milliseconds patience, const std::function<bool()>& done) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!done()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(kLook);
  }
  return true;
}

absl::StatusOr<std::string> FindNfcapd() {
  const char* const path = std::getenv("PATH");
  for (const auto& folder : absl::StrSplit(path == nullptr ? "/usr/bin" : path, ':')) {
    std::string program = StrCat(ToStd(folder), "/nfcapd");
    if (::access(program.c_str(), X_OK) == 0) return program;
  }
  return absl::NotFoundError(
      "nfcapd is not installed, which decodes NetFlow and IPFIX: install it on the server's machine (Debian: "
      "apt-get install nfdump)");
}

std::string NameOf(const CollectorOptions& options) {
  return StrCat(FormatIpv4(options.address), ":", options.port);
}

absl::Status CantListen(int error, const CollectorOptions& options) {
  std::string why = std::strerror(error);
  if (error == EADDRINUSE) why = "another program listens there; stop it, or name another port";
  if (error == EADDRNOTAVAIL) why = "no interface of the server's machine has this address";
  if (error == EACCES) why = "the server may not take ports below 1024; name a greater one";
  return absl::FailedPreconditionError(
      StrCat("listen: can't take datagrams on ", NameOf(options), ": ", why));
}

// nfcapd says of all of this that it failed; here is what is behind it.
absl::Status TryToListen(const CollectorOptions& options) {
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return ErrnoToStatus(errno, "can't make", "a socket");
  sockaddr_in name = {};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(options.address);
  name.sin_port = htons(options.port);
  const int error = ::bind(fd, reinterpret_cast<const sockaddr*>(&name), sizeof(name)) == 0 ? 0 : errno;
  ::close(fd);
  return error == 0 ? absl::OkStatus() : CantListen(error, options);
}

// What the child needs, made before the fork: behind it, nothing may allocate.
struct Command {
  std::vector<std::string> args, env;
  std::vector<char*> argv, envp;
  std::string lock_path, log_path;
  pid_t parent = ::getpid();

  static std::vector<char*> Pointers(std::vector<std::string>* strings) {
    std::vector<char*> pointers;
    for (std::string& s : *strings) pointers.push_back(s.data());
    pointers.push_back(nullptr);
    return pointers;
  }
};

std::unique_ptr<Command> MakeCommand(const std::string& program, const CollectorOptions& options) {
  auto command = std::make_unique<Command>();
  command->args = {program, "-4", "-w", options.folder, "-p", StrCat(options.port)};
  command->args.insert(command->args.end(), {"-t", StrCat(options.file_age.count()), "-B",
                                             StrCat(options.receive_buffer_bytes), "-C", "none"});
  if (options.address != 0) {
    command->args.insert(command->args.end(), {"-b", FormatIpv4(options.address)});
  }
  // The names of its files are times, which must not go back an hour in autumn.
  command->env = {"TZ=UTC", "LC_ALL=C"};
  command->argv = Command::Pointers(&command->args);
  command->envp = Command::Pointers(&command->env);
  command->lock_path = options.lock_path;
  command->log_path = options.log_path;
  return command;
}

// In the child, which shares the heap with threads that are not there any more: system calls only.
[[noreturn]] void Become(const Command& command) {
  constexpr int kFailed = 127;
  // The worker's handler would take what comes before exec, and nothing would end nfcapd.
  ::signal(SIGTERM, SIG_DFL);
  // SIGTERM: it finishes the file that it is at.
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != command.parent) ::_exit(kFailed);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  const int null = ::open("/dev/null", O_RDONLY);
  const int log = ::open(command.log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  const int lock = ::open(command.lock_path.c_str(), O_RDWR | O_CREAT, 0644);
  if (null < 0 || log < 0 || lock < 0 || ::flock(lock, LOCK_EX | LOCK_NB) != 0) ::_exit(kFailed);
  ::dup2(null, STDIN_FILENO);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  ::dup2(lock, kLockFd);
  ::close_range(kLockFd + 1, ~0U, 0);
  ::execve(command.argv[0], command.argv.data(), command.envp.data());
  ::_exit(kFailed);
}

}  // namespace

absl::Status WaitForFormerCollector(const std::string& lock_path) {
  absl::Status status;
  const bool free = WaitUntil(kPatience, [&] {
    status = FileLock::TryAcquire(lock_path).status();
    return !absl::IsFailedPrecondition(status);
  });
  return free ? status : absl::UnavailableError("nfcapd of an earlier attempt does not end");
}

absl::StatusOr<std::unique_ptr<CollectorProcess>> CollectorProcess::Start(const CollectorOptions& options) {
  STANFLOW_ASSIGN_OR_RETURN(const std::string program, FindNfcapd());
  STANFLOW_RETURN_IF_ERROR(TryToListen(options));
  STANFLOW_RETURN_IF_ERROR(WriteFileDurably(options.log_path, ""));
  const std::unique_ptr<Command> command = MakeCommand(program, options);
  const pid_t pid = ::fork();
  if (pid < 0) return ErrnoToStatus(errno, "can't run", program);
  if (pid == 0) Become(*command);
  auto process = std::unique_ptr<CollectorProcess>(new CollectorProcess(options, pid));
  STANFLOW_RETURN_IF_ERROR(process->WaitUntilItListens());
  return process;
}

absl::Status CollectorProcess::WaitUntilItListens() {
  const auto listens = [this] { return FindUdpSocket(options_.address, options_.port).has_value(); };
  const bool decided = WaitUntil(kPatience, [&] { return HasEnded() || listens(); });
  if (decided && pid_ != 0) return absl::OkStatus();
  ReadLog();
  return absl::InternalError(
      StrCat("nfcapd does not listen on ", NameOf(options_), "; the last it said: ", last_words_));
}

CollectorProcess::~CollectorProcess() { Stop(); }

bool CollectorProcess::HasEnded() {
  if (pid_ == 0) return true;
  const pid_t reaped = ::waitpid(pid_, nullptr, WNOHANG);
  if (reaped != pid_ && !(reaped < 0 && errno == ECHILD)) return false;
  pid_ = 0;
  ReadLog();
  return true;
}

absl::Status CollectorProcess::Check() {
  ReadSocket();
  ReadLog();
  if (!HasEnded()) return absl::OkStatus();
  return absl::UnavailableError(StrCat("nfcapd ended; the last it said: ", last_words_));
}

void CollectorProcess::Stop() {
  if (HasEnded()) return;
  // What is in the socket's buffer when it ends is lost.
  WaitUntil(kEmptying, [this] {
    ReadSocket();
    return waiting_bytes_ == 0 || HasEnded();
  });
  if (HasEnded()) return;
  ::kill(pid_, SIGTERM);
  if (!WaitUntil(kPatience, [this] { return HasEnded(); })) {
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
    ReadLog();
  }
}

void CollectorProcess::ReadSocket() {
  const auto socket = FindUdpSocket(options_.address, options_.port);
  if (!socket.has_value()) return;
  waiting_bytes_ = socket->waiting_bytes;
  dropped_datagrams_ = std::max(dropped_datagrams_, socket->dropped_datagrams);
}

void CollectorProcess::ReadLog() {
  const int fd = ::open(options_.log_path.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) return;
  char buffer[16 << 10];
  ssize_t n = 0;
  while ((n = ::pread(fd, buffer, sizeof(buffer), static_cast<off_t>(log_offset_))) > 0) {
    log_offset_ += static_cast<uint64_t>(n);
    for (const char c : std::string_view(buffer, static_cast<size_t>(n))) {
      if (c == '\n') TakeLine(std::exchange(line_, ""));
      if (c != '\n' && line_.size() < kMaxLineBytes) line_ += c;
    }
  }
  // Not cut off: nfcapd may have appended since.
  const uint64_t read = log_offset_ - freed_log_bytes_;
  if (read > kMaxLogBytes &&
      ::fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(freed_log_bytes_),
                  static_cast<off_t>(read)) == 0) {
    freed_log_bytes_ = log_offset_;
  }
  ::close(fd);
}

// "Ident: 'none' Flows: 40, Packets: 120, Bytes: 12000, Sequence Errors: 2, Bad Packets: 2", once a file.
void CollectorProcess::TakeLine(const std::string& line) {
  constexpr std::string_view kBad = "Bad Packets: ";
  const size_t at = line.find(kBad);
  uint64_t bad = 0;
  if (at != std::string::npos && absl::SimpleAtoi(line.substr(at + kBad.size()), &bad)) bad_datagrams_ += bad;
  if (!line.empty()) last_words_ = absl::CHexEscape(line);
}

}  // namespace stanflow
