#ifndef STANFLOW_CLIENT_CLI_LIB_OUTPUT_H_
#define STANFLOW_CLIENT_CLI_LIB_OUTPUT_H_

#include <string_view>

#include "absl/status/status.h"

namespace stanflow {

// Standard output or standard error, unbuffered. Does not own the descriptor. SIGPIPE must be
// ignored by the process. Not safe for concurrent use.
class Output {
 public:
  explicit Output(int fd);

  // CANCELLED, and closed() from then on, if the reader has gone away: the end of work, no fault.
  absl::Status Write(std::string_view data);
  bool closed() const { return closed_; }
  bool terminal() const { return terminal_; }
  // Columns of the terminal, 80 if unknown.
  int width() const;

 private:
  const int fd_;
  const bool terminal_;
  bool closed_ = false;
};

// Writes all of `data`, however often the system takes only a part. 0 or the errno.
int WriteAll(int fd, std::string_view data);

}  // namespace stanflow

#endif  // STANFLOW_CLIENT_CLI_LIB_OUTPUT_H_
