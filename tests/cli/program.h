#ifndef STANFLOW_TESTS_CLI_PROGRAM_H_
#define STANFLOW_TESTS_CLI_PROGRAM_H_

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace stanflow {

struct Ended {
  int code = -1;    // exit status; -1 if a signal ended it
  int signal = 0;   // that signal
  std::string out;  // what was not read before
  std::string err;
};

// The real program as a child process, its outputs on pipes. Not copied. A child that still runs at the end
// is killed.
class Program {
 public:
  struct Options {
    std::string input;                               // its standard input
    std::map<std::string, std::string> environment;  // besides the inherited one, without STANFLOW_SERVER
    bool err_terminal = false;                       // standard error is a terminal
  };

  Program(const std::string& path, const std::vector<std::string>& arguments, const Options& options);
  Program(const std::string& path, const std::vector<std::string>& arguments);
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();

  pid_t pid() const { return pid_; }
  void Signal(int signal) const;
  // It has not ended yet.
  bool Runs() const;
  // At least one byte of standard output, at most 64 KiB; empty at its end.
  std::string ReadSome();
  // As a reader does that has seen enough.
  void CloseOut();
  // Reads both outputs to their ends.
  Ended Wait();

 private:
  pid_t pid_ = -1;
  int out_ = -1, err_ = -1;
};

}  // namespace stanflow

#endif  // STANFLOW_TESTS_CLI_PROGRAM_H_
