#ifndef STANFLOW_TESTS_SERVER_JOBS_CHILD_PROCESS_H_
#define STANFLOW_TESTS_SERVER_JOBS_CHILD_PROCESS_H_

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <vector>

namespace stanflow {

// The path of a program that was built beside this test.
inline std::string Beside(const std::string& name) {
  char path[4096];
  const ssize_t n = ::readlink("/proc/self/exe", path, sizeof(path));
  const std::string self(path, static_cast<size_t>(n));
  return self.substr(0, self.rfind('/') + 1) + name;
}

// A program with pipes to its standard input and from its standard output; killed with this object.
class ChildProcess {
 public:
  explicit ChildProcess(std::vector<std::string> args) {
    int in[2], out[2];
    if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) abort();
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    std::vector<char*> argv;
    argv.reserve(args.size() + 1);
    for (std::string& arg : args) argv.push_back(arg.data());
    argv.push_back(nullptr);
    if (posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ) != 0) abort();
    posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    ::close(out[1]);
    input_ = in[1];
    output_ = ::fdopen(out[0], "r");
  }
  ~ChildProcess() {
    Kill();
    CloseInput();
    ::fclose(output_);
  }

  pid_t pid() const { return pid_; }
  // The next whole line without its newline; false at the end.
  bool ReadLine(std::string* line) {
    line->clear();
    for (int c = ::fgetc(output_); c != EOF; c = ::fgetc(output_)) {
      if (c == '\n') return true;
      line->push_back(static_cast<char>(c));
    }
    return false;
  }
  void CloseInput() {
    if (input_ >= 0) ::close(input_);
    input_ = -1;
  }
  // Kills it the hard way and waits for its end.
  void Kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    Wait();
  }
  int Wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = 0;
    return status;
  }

 private:
  pid_t pid_ = 0;
  int input_ = -1;
  FILE* output_ = nullptr;
};

}  // namespace stanflow

#endif  // STANFLOW_TESTS_SERVER_JOBS_CHILD_PROCESS_H_
