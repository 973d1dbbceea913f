#ifndef STANFLOW_CLIENT_CLI_LIB_FILE_SINK_H_
#define STANFLOW_CLIENT_CLI_LIB_FILE_SINK_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "client/cli/lib/cli.h"
#include "client/cli/lib/part_file.h"

namespace stanflow {

// Where a command's bytes go: standard output (as they come), or a file that is complete or not there. What
// is no regular file (/dev/null, a named pipe) is written as it is. Not safe for concurrent use.
class FileSink {
 public:
  // "-" or empty is standard output. `request` and `restart` as in PartFile.
  static absl::StatusOr<FileSink> Open(const Cli& cli, const std::string& path, const std::string& request,
                                       bool restart);
  FileSink(FileSink&& other) noexcept;
  ~FileSink();

  // Where an earlier run has stopped.
  const PartFile::Checkpoint& resumed() const;
  // Whether an end before its time leaves something that another run goes on with.
  bool resumable() const { return part_.has_value(); }
  absl::Status Append(std::string_view text);
  // No-op unless resumable.
  absl::Status Save(const PartFile::Checkpoint& checkpoint);
  absl::Status Finish();

 private:
  FileSink(const Cli& cli, std::string path) : cli_(cli), path_(std::move(path)) {}

  const Cli& cli_;
  std::string path_;
  int fd_ = -1;  // neither standard output nor a regular file
  std::optional<PartFile> part_;
};

}  // namespace stanflow

#endif  // STANFLOW_CLIENT_CLI_LIB_FILE_SINK_H_
