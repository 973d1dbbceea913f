#ifndef STANFLOW_CORE_IO_CHILD_PROCESS_H_
#define STANFLOW_CORE_IO_CHILD_PROCESS_H_

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/io/decompressor.h"

namespace stanflow {

// A program that turns a file into text beside this process, read as it writes. It is started by posix_spawn
// without a shell, with an empty standard input, none of this process's open files, default signals, UTC and
// the C locale. Not safe for concurrent use.
class ChildProcess final : public Decompressor {
 public:
  // `args[0]` is looked up in PATH. NOT_FOUND if there is no such program, with `mend` as what to do then.
  static absl::StatusOr<std::unique_ptr<ChildProcess>> Start(const std::vector<std::string>& args,
                                                             std::string_view mend);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  // Kills the program if it still runs.
  ~ChildProcess() override;

  // What it writes to standard output; empty once it has ended well. With its exit status or signal and its
  // complaint: UNAVAILABLE if somebody has ended it (SIGTERM, SIGKILL), which says nothing of its input;
  // DATA_LOSS if it has failed.
  absl::StatusOr<std::string_view> Next() override;
  uint64_t compressed_bytes() const override { return bytes_; }
  std::string name() const override { return program_; }
  // The first line of its standard error as far as it was read, printable and short; empty if there is none.
  // Whole once Next has answered the end.
  std::string complaint() const;
  // The last 4 KiB of its standard error, as they are; whole once Next has answered the end.
  const std::string& last_words() const { return last_errors_; }

 private:
  ChildProcess(std::string program, pid_t pid, int output, int errors)
      : program_(std::move(program)), pid_(pid), output_(output), errors_(errors) {}
  void ReadErrors();
  absl::Status Reap();

  const std::string program_;
  pid_t pid_;   // 0 once it was reaped
  int output_;  // reading ends; -1 once they are at their end
  int errors_;
  std::string buffer_;
  std::string first_errors_, last_errors_;
  uint64_t bytes_ = 0;
  absl::Status end_;
};

// Everything that a program writes, for short answers. Errors as those of ChildProcess.
absl::StatusOr<std::string> RunProgram(const std::vector<std::string>& args, std::string_view mend);

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_CHILD_PROCESS_H_
