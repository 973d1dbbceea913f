#include "tests/cli/program.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

extern char** environ;

namespace stanflow {
namespace {

struct Ends {
  int read = -1, write = -1;
};

Ends Pipe() {
  int fds[2];
  if (pipe2(fds, O_CLOEXEC) != 0) return {};
  return {fds[0], fds[1]};
}

// What the program writes is what is read: a terminal would add carriage returns.
Ends Terminal() {
  Ends ends;
  termios raw{};
  cfmakeraw(&raw);
  openpty(&ends.read, &ends.write, nullptr, &raw, nullptr);
  fcntl(ends.read, F_SETFD, FD_CLOEXEC);
  fcntl(ends.write, F_SETFD, FD_CLOEXEC);
  return ends;
}

void CloseFd(int* fd) {
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

// False at the end; a terminal's end is an error.
bool ReadInto(int fd, std::string* to) {
  char block[1 << 16];
  ssize_t got;
  do {
    got = read(fd, block, sizeof(block));
  } while (got < 0 && errno == EINTR);
  if (got <= 0) return false;
  to->append(block, static_cast<size_t>(got));
  return true;
}

std::vector<std::string> Environment(const std::map<std::string, std::string>& more) {
  std::vector<std::string> out;
  for (char** at = environ; *at != nullptr; ++at) {
    if (std::strncmp(*at, "STANFLOW_", 9) != 0) out.emplace_back(*at);
  }
  for (const auto& [key, value] : more) out.push_back(key + "=" + value);
  return out;
}

std::vector<char*> Pointers(std::vector<std::string>* texts) {
  std::vector<char*> out;
  for (std::string& text : *texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace

Program::Program(const std::string& path, const std::vector<std::string>& arguments)
    : Program(path, arguments, Options()) {}

Program::Program(const std::string& path, const std::vector<std::string>& arguments, const Options& options) {
  Ends in = Pipe(), out = Pipe(), err = options.err_terminal ? Terminal() : Pipe();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.read, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.write, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.write, STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t usual;
  sigemptyset(&usual);
  sigaddset(&usual, SIGINT);
  sigaddset(&usual, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &usual);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  std::vector<std::string> words = {path};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = Environment(options.environment);
  if (posix_spawn(&pid_, path.c_str(), &actions, &attributes, Pointers(&words).data(),
                  Pointers(&variables).data()) != 0) {
    pid_ = -1;
  }
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  for (int* fd : {&in.read, &out.write, &err.write}) CloseFd(fd);
  // Small enough for the pipe.
  if (!options.input.empty() && write(in.write, options.input.data(), options.input.size()) < 0) pid_ = -1;
  CloseFd(&in.write);
  out_ = out.read;
  err_ = err.read;
}

Program::~Program() {
  CloseFd(&out_);
  CloseFd(&err_);
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

void Program::Signal(int signal) const { kill(pid_, signal); }

bool Program::Runs() const {
  siginfo_t ended{};
  return waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         ended.si_pid == 0;
}

std::string Program::ReadSome() {
  std::string out;
  ReadInto(out_, &out);
  return out;
}

void Program::CloseOut() { CloseFd(&out_); }

Ended Program::Wait() {
  Ended ended;
  while (out_ >= 0 || err_ >= 0) {
    pollfd fds[] = {{out_, POLLIN, 0}, {err_, POLLIN, 0}};
    if (poll(fds, 2, -1) < 0) continue;
    if (fds[0].revents != 0 && !ReadInto(out_, &ended.out)) CloseFd(&out_);
    if (fds[1].revents != 0 && !ReadInto(err_, &ended.err)) CloseFd(&err_);
  }
  int status = 0;
  if (pid_ > 0) waitpid(pid_, &status, 0);
  pid_ = -1;
  if (WIFEXITED(status)) ended.code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) ended.signal = WTERMSIG(status);
  return ended;
}

}  // namespace stanflow
