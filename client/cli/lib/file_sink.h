#ifndef STANFLOW_CLIENT_CLI_LIB_FILE_SINK_H_
#define STANFLOW_CLIENT_CLI_LIB_FILE_SINK_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "client/cli/lib/cli.h"
#include "client/cli/lib/part_file.h"

namespace stanflow {

// Where a command's bytes go: standard output (as they come), or a file that is complete or not there. What
// is no regular file (/dev/null, a named pipe), or is what standard output or error is already (/dev/stdout),
// is written as it is; a symbolic link stays one, and the file that it leads to is replaced. Not safe for
// concurrent use.
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
  explicit FileSink(std::string path) : path_(std::move(path)) {}

  std::string path_;
  // One of these.
  Output* stream_ = nullptr;
  int fd_ = -1;  // no regular file
  std::optional<PartFile> part_;
};

// All of an output at once.
absl::Status WriteOutput(const Cli& cli, const std::string& path, std::string_view bytes);

}  // namespace stanflow

#endif  // STANFLOW_CLIENT_CLI_LIB_FILE_SINK_H_
