#ifndef STANFLOW_CLIENT_CLI_LIB_PART_FILE_H_
#define STANFLOW_CLIENT_CLI_LIB_PART_FILE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace stanflow {

// A file in the making that survives the death of its process: the bytes lie in PATH.part, and
// PATH.resume says how many of them are good and how to go on. Both are given up for PATH when
// it is complete. A .part longer than its .resume says is cut back to it; a .part without a
// .resume starts anew. Only one process at a time may make a file. Not safe for concurrent use.
class PartFile {
 public:
  struct Checkpoint {
    uint64_t bytes = 0;  // of the file; Save fills it in
    uint64_t rows = 0;
    std::string token;  // where the source goes on
    // Of these rows.
    uint64_t total_packets = 0, total_bytes = 0;
    int64_t last_end_ms = 0;
  };

  // `request` names what the file is made of. FAILED_PRECONDITION if another process makes it, or if what
  // lies there was made of something else (unless `restart`: then that is dropped).
  static absl::StatusOr<PartFile> Open(const std::string& path, const std::string& request, bool restart);
  PartFile(PartFile&& other) noexcept;
  // An empty .part goes with it.
  ~PartFile();

  // Where an earlier run has stopped; all zero if there was none.
  const Checkpoint& resumed() const { return resumed_; }
  uint64_t bytes() const { return bytes_; }

  absl::Status Append(std::string_view data);
  // Everything appended so far is kept, whatever happens; a run that opens it again goes on here.
  absl::Status Save(const Checkpoint& checkpoint);
  // Gives the file its name, replacing one that is there. Durable when OK; nothing may follow.
  absl::Status Publish();

 private:
  PartFile(int fd, std::string path, std::string request)
      : fd_(fd), path_(std::move(path)), request_(std::move(request)) {}
  absl::Status Restore(bool restart);

  int fd_;
  std::string path_;
  std::string request_;
  Checkpoint resumed_;
  uint64_t bytes_ = 0;
  bool published_ = false;
};

}  // namespace stanflow

#endif  // STANFLOW_CLIENT_CLI_LIB_PART_FILE_H_
